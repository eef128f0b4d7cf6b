import { afterEach, beforeEach, expect, test } from "vitest";
import { HostProcess } from "../test/host-process.ts";
import { eventually, World } from "../test/given.ts";

const CONTACTS = 20;

let world: World;
beforeEach(async () => {
  world = await World.create();
});
afterEach(async () => {
  world.edge.assertRulesKept();
  await world[Symbol.asyncDispose]();
});

const stats = async () =>
  (await world.control("GET", "/stats")) as { undecryptable: number; repeats: number };

test.each(["as they were written", "as they were before", "without the sessions"])(
  "after kill -9 in the middle of sends, another host with the keys %s sends to whom it knows, at once",
  async (keys) => {
    const { edge } = world;
    await using first = new HostProcess(world.env);
    await edge.hostConnected();
    const { account } = await world.linked();
    const phones = await Promise.all(Array.from({ length: CONTACTS }, () => world.phone()));
    const round = () => phones.map((phone) => world.send(account, phone));
    const sent = async (messages: ReturnType<typeof round>) => {
      for (const { id } of messages)
        await edge.expect("outcome", account, { message: id, result: "sent" });
    };
    await sent(round());
    await eventually(() => expect(edge.account(account).rows.size).toBeGreaterThan(800));
    const stale = new Map(edge.account(account).rows);
    await sent(round());
    // The third round is in the air, and so are the keys it changed.
    const torn = round();
    await edge.expect("outcome", account, { message: torn[2]?.id });
    await first.end("SIGKILL");
    await eventually(() => expect(edge.isConnected).toBe(false));

    const { rows } = edge.account(account);
    if (keys === "as they were before") {
      rows.clear();
      for (const [name, value] of stale) rows.set(name, value);
    }
    if (keys === "without the sessions") {
      for (const name of rows.keys()) if (name.startsWith("session:")) rows.delete(name);
    }
    const before = await stats();
    await world.host();
    const epoch = edge.start(account);
    await edge.expect("session", account, { state: "connected", epoch });
    const startedAt = Date.now();
    await sent(round());
    const tookMs = Date.now() - startedAt;
    // What was torn is offered again, under the ids it had: it arrives once.
    edge.lease(
      account,
      torn.map((message) => ({ ...message, attempt: 2 })),
    );
    await sent(torn);
    for (const { wa_id } of torn) expect(await world.timesSeen(wa_id)).toBe(1);
    await eventually(async () => {
      for (const [i, phone] of phones.entries()) {
        const texts = (await world.inbox(phone)).map(({ text }) => text);
        expect(texts).toContain(torn[i]?.text);
        expect(texts).toHaveLength(4);
        expect(texts).not.toContain(null);
      }
    });
    const after = await stats();
    // Not one phone had to ask again.
    expect(after.undecryptable - before.undecryptable).toBe(0);
    expect(tookMs).toBeLessThan(5_000);
  },
  40_000,
);

test("an account of ten thousand contacts starts without reading their keys", async () => {
  const { edge } = world;
  const first = await world.host();
  const { account } = await world.linked();
  const phone = await world.phone();
  const before = world.send(account, phone);
  await edge.expect("outcome", account, { message: before.id, result: "sent" });
  await world.leave(first);
  await edge.expect("session", account, { state: "ended" });

  // Rows of people whom nobody writes to now; what is in them is not looked at.
  const { rows } = edge.account(account);
  const sealed = "A".repeat(1_300);
  for (let i = 0; i < 10_000; i++) {
    rows.set(`session:9${i}_1.0`, sealed);
    rows.set(`device-list:49151${i}`, sealed.slice(0, 120));
    rows.set(`lid-mapping:49151${i}`, sealed.slice(0, 90));
    rows.set(`lid-mapping:9${i}_reverse`, sealed.slice(0, 90));
  }
  const asked = edge.keyRequests;
  await world.host();
  const startedAt = Date.now();
  const epoch = edge.start(account);
  await edge.expect("session", account, { state: "connected", epoch });
  const openMs = Date.now() - startedAt;
  const after = world.send(account, phone);
  await edge.expect("outcome", account, { message: after.id, result: "sent" });
  const requests = edge.keyRequests - asked;
  expect(openMs).toBeLessThan(3_000);
  expect(requests).toBeLessThan(12);
  expect(edge.keyBytes).toBeLessThan(100_000);
}, 30_000);
