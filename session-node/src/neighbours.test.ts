import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually, World } from "../test/given.ts";

const GOOD = 20;
const EACH = 8;

let world: World;
let good: Awaited<ReturnType<World["linked"]>>[];
let phone: string;
beforeAll(async () => {
  world = await World.create();
  await world.host();
  good = [];
  for (let i = 0; i < GOOD; i += 4) {
    const linked = Array.from({ length: 4 }, () => world.linked());
    good.push(...(await Promise.all(linked)));
  }
  phone = await world.phone();
}, 90_000);
afterAll(() => world[Symbol.asyncDispose]());

/** All good accounts send, and nobody of them notices anything. */
async function expectUndisturbed(): Promise<void> {
  const { edge } = world;
  const sent = good.flatMap(({ account }) =>
    Array.from({ length: EACH }, () => ({ account, message: world.send(account, phone) })),
  );
  await eventually(() => {
    for (const { account, message } of sent) {
      const outcomes = edge.of("outcome", account).filter((told) => told.message === message.id);
      expect(outcomes.map(({ result }) => result)).toEqual(["sent"]);
    }
  }, 30_000);
  for (const { account } of good) {
    const states = edge.of("session", account).map(({ state }) => state);
    expect(states).toEqual(["connecting", "connected"]);
  }
}

test.each([
  // Each breaks every connection that the account makes, as soon as it is logged in.
  { kind: "bad_frame" },
  { kind: "restart" },
  { kind: "stream_error", code: 500 },
])(
  "a session that never holds (%j) is parked in the end, and its neighbours do not notice",
  async (fault) => {
    const { edge } = world;
    const { account, number } = await world.linked();
    await world.fault({ ...fault, number, count: 1_000 });
    await edge.expect("session", account, { state: "reconnecting" });
    await expectUndisturbed();
    await edge.expect("session", account, { state: "ended", reason: "gave_up" }, 30_000);
    const states = edge.of("session", account).map(({ state }) => state);
    expect(states.filter((state) => state === "reconnecting").length).toBeGreaterThan(10);
    await world.control("DELETE", "/faults");
  },
  60_000,
);

test("a session whose keys are nonsense troubles nobody else", async () => {
  const { edge } = world;
  const { account } = await world.linked();
  edge.stop(account, "close");
  await edge.expect("session", account, { state: "ended" });
  const { rows } = edge.account(account);
  for (const name of rows.keys()) if (name !== "creds") rows.set(name, "AAAA");
  const epoch = edge.start(account);
  await edge.expect("session", account, { state: "connecting", epoch });
  world.send(account, phone);
  await expectUndisturbed();
  const unreadable = world.log.filter(({ event }) => event === "keys.unreadable");
  expect(unreadable.length).toBeGreaterThan(0);
}, 60_000);
