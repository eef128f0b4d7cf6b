import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { World } from "../test/given.ts";

let world: World;
beforeAll(async () => {
  world = await World.create();
  await world.host();
});
afterEach(() => world.edge.assertRulesKept());
afterAll(() => world[Symbol.asyncDispose]());

test("a scanned QR links the account, and its credentials are stored before it says so", async () => {
  const { edge } = world;
  const { account, number } = await world.linked();
  expect(edge.of("link", account).map(({ state }) => state)).toEqual([
    "starting",
    "waiting_for_scan",
    "linking",
    "linked",
  ]);
  const linkedAt = edge.reports.findIndex(
    (report) => report.kind === "link" && report.account === account && report.state === "linked",
  );
  const stored = edge.reports
    .slice(0, linkedAt)
    .flatMap((report) =>
      report.kind === "keys" && report.account === account ? report.writes : [],
    );
  expect(stored.map(([name]) => name)).toContain("creds");
  const { self } = await edge.expect("session", account, { state: "connected" });
  expect(self).toEqual({ phone: number, lid: expect.stringMatching(/^\d+$/) });
});

test("a text arrives decrypted at the phone, and the host says sent, delivered, read", async () => {
  const { edge } = world;
  const { account } = await world.linked();
  const phone = await world.phone();
  const message = world.send(account, phone, { text: "hello" });

  const outcome = await edge.expect("outcome", account, { message: message.id });
  expect(outcome).toMatchObject({ result: "sent", error: null, peer: { phone } });
  await edge.expect("receipt", account, { wa_ids: [message.wa_id], type: "delivered" });
  expect(await world.inbox(phone)).toMatchObject([{ wa_id: message.wa_id, text: "hello" }]);
  await world.control("POST", `/phones/${phone}/read`, { wa_id: message.wa_id });
  await edge.expect("receipt", account, { wa_ids: [message.wa_id], type: "read" });
});

test("what a person writes is reported with phone number and LID", async () => {
  const { edge } = world;
  const { account, number } = await world.linked();
  const phone = await world.phone();
  await world.control("POST", `/phones/${phone}/messages`, { to: number, text: "hi there" });
  const received = await edge.expect("received", account, { text: "hi there" });
  expect(received).toMatchObject({
    from_me: false,
    type: "text",
    peer: { phone, lid: expect.stringMatching(/^\d+$/) },
  });
});
