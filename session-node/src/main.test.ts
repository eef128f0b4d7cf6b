import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { HostProcess } from "../test/host-process.ts";
import { eventually, World } from "../test/given.ts";

let world: World;
beforeAll(async () => {
  world = await World.create();
});
afterEach(() => world.edge.assertRulesKept());
afterAll(() => world[Symbol.asyncDispose]());

/** A host of its own process that has said hello. */
async function givenProcess(): Promise<HostProcess> {
  const before = world.edge.hellos.length;
  const host = new HostProcess(world.env);
  await eventually(() => expect(world.edge.hellos.length).toBeGreaterThan(before));
  return host;
}

test("a wrong setting ends the process with every problem named", async () => {
  await using host = new HostProcess({ ROOST_SANDBOX_ROOT_KEY: "AAAA" });
  await eventually(() => expect(host.child.exitCode).toBe(1));
  const refused = JSON.parse(host.lines.join("")) as { event: string; problems: string[] };
  expect(refused.event).toBe("host.refused");
  expect(refused.problems.join(" ")).toContain("without ROOST_SANDBOX=1");
});

test("SIGTERM in the middle of sends loses nothing, and the process leaves by itself", async () => {
  const { edge } = world;
  await using host = await givenProcess();
  const { account } = await world.linked();
  const phone = await world.phone();
  // Typing makes them take long enough to be in the middle of.
  const messages = Array.from({ length: 100 }, () =>
    edge.message(account, phone, { typing_ms: 10 }),
  );
  edge.lease(account, messages);
  await edge.expect("outcome", account, { message: messages[5]?.id, result: "sent" });
  expect(await host.end("SIGTERM")).toBe(0);

  const outcomes = edge.of("outcome", account);
  expect(new Set(outcomes.map(({ message }) => message)).size).toBe(messages.length);
  for (const { wa_id, id } of messages) {
    const result = outcomes.find(({ message }) => message === id)?.result;
    expect(await world.timesSeen(wa_id)).toBe(result === "sent" ? 1 : 0);
  }
  expect(edge.of("session", account).at(-1)).toMatchObject({
    state: "ended",
    reason: "host_draining",
  });
});

test("a host that is killed in the middle of sends comes back, and no message arrives twice", async () => {
  const { edge } = world;
  const { account, messages } = await killedInTheMiddle();
  await using _host = await givenProcess();
  const epoch = edge.start(account);
  await edge.expect("session", account, { state: "connected", epoch });
  const done = new Set(edge.of("outcome", account).map(({ message }) => message));
  const open = messages.filter(({ id }) => !done.has(id));
  expect(open.length).toBeGreaterThan(0);
  edge.lease(
    account,
    open.map((message) => ({ ...message, attempt: 2 })),
  );
  await edge.expect("outcome", account, { message: open.at(-1)?.id, result: "sent" });
  for (const { id } of messages) {
    await edge.expect("outcome", account, { message: id, result: "sent" });
  }
  const inbox = (await world.inbox(messages[0]?.to.phone ?? "")).map(({ wa_id }) => wa_id);
  expect(new Set(inbox)).toEqual(new Set(messages.map(({ wa_id }) => wa_id)));
});

async function killedInTheMiddle() {
  const { edge } = world;
  await using host = await givenProcess();
  const { account } = await world.linked();
  const phone = await world.phone();
  // Typing makes them take long enough to be in the middle of.
  const messages = Array.from({ length: 100 }, () =>
    edge.message(account, phone, { typing_ms: 10 }),
  );
  edge.lease(account, messages);
  await edge.expect("outcome", account, { message: messages[20]?.id, result: "sent" });
  await host.end("SIGKILL");
  return { account, messages };
}
