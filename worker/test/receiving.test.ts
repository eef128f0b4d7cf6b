import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connected, givenLinked, givenWorld, until, type World } from "./given.ts";

/**
 * What an incoming message survives. In the middle of 200 of them a part is killed; then whatever
 * WhatsApp regards as delivered to us is in the account's journal exactly once, in each writer's order.
 */
const MESSAGES = 200;
const WRITERS = ["15550400011", "15550400012", "15550400013", "15550400014"];
const OWNER = "15550400001";

let world: World;
let account: `acc_${string}`;
beforeAll(async () => {
  world = await givenWorld({ hosts: 2 });
  account = await givenLinked(world, OWNER);
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const Sent = z.object({ wa_id: z.string() });
const Delivered = z.array(Sent);

/** The writers write at the same time, each one message after the other; answers id and text of each. */
async function writeAll(label: string, disturb: () => Promise<void>): Promise<Map<string, string>> {
  const written = new Map<string, string>();
  const write = async (from: string): Promise<void> => {
    for (let number = 0; number < MESSAGES / WRITERS.length; number++) {
      const text = `${label} ${String(number).padStart(3, "0")}`;
      const sent = await world.phones.post(`/phones/${from}/messages`, { to: OWNER, text });
      written.set(Sent.parse(sent).wa_id, `${from} ${text}`);
      if (written.size === MESSAGES / 2) await disturb();
    }
  };
  await Promise.all(WRITERS.map(write));
  return written;
}

async function delivered(): Promise<string[]> {
  const response = await fetch(`${world.stack.sandboxUrl}/phones/${OWNER}/delivered`);
  return Delivered.parse(await response.json()).map(({ wa_id }) => wa_id);
}

/** What the journal says of these messages, in its order: id and text. */
async function journaled(written: ReadonlyMap<string, string>): Promise<[string, string][]> {
  const seen: [string, string][] = [];
  for (const event of await world.api.events(account)) {
    if (event.type !== "message.received" || !written.has(event.data.wa_id ?? "")) continue;
    const { wa_id: waId, from, text } = event.data;
    seen.push([waId ?? "", `${from?.slice(1)} ${text?.body}`]);
  }
  return seen;
}

async function expectKept(written: ReadonlyMap<string, string>): Promise<void> {
  await until(async () => {
    const has = new Set(await delivered());
    return [...written.keys()].every((waId) => has.has(waId));
  }, 90_000);
  // At this moment WhatsApp will not send any of them again.
  const seen = await journaled(written);
  const counts = new Map<string, number>();
  for (const [waId] of seen) counts.set(waId, (counts.get(waId) ?? 0) + 1);
  const lost = [...written].filter(([waId]) => !counts.has(waId)).map(([, text]) => text);
  const doubled = [...counts].filter(([, count]) => count > 1).map(([waId]) => waId);
  expect({ lost, doubled }).toEqual({ lost: [], doubled: [] });
  for (const writer of WRITERS) {
    const by = (texts: string[]) => texts.filter((text) => text.startsWith(writer));
    expect(by(seen.map(([, text]) => text))).toEqual(by([...written.values()]));
  }
  const seqs = (await world.api.events(account)).map((event) => event.seq);
  expect(seqs).toEqual(seqs.map((_, index) => index + 1));
}

/** Whichever host holds the account dies at its third passing of the point; resolves when it has. */
function dieAt(point: string) {
  return async (): Promise<void> => {
    const { directory, hosts } = world.stack;
    const before = hosts.map(({ pid }) => pid);
    for (const [index, host] of hosts.entries()) {
      writeFileSync(`${directory}/crash-${index + 1}`, `${point}:3`);
      host.kill("SIGUSR2");
    }
    // A host that ignores the signal stays; one that dies of it takes both with it.
    await until(async () => hosts.filter(({ pid }, index) => pid !== before[index]).length === 1);
  };
}

/** workerd is the only child of the process that serves the edge. */
function workerdPid(): number {
  return Number(execFileSync("pgrep", ["-P", String(world.stack.edge.pid)], { encoding: "utf8" }));
}

describe("what WhatsApp regards as delivered is in the journal, once and in order", () => {
  test.each<[string, () => Promise<void>]>([
    ["a host dies at message_arrived", dieAt("message_arrived")],
    ["a host dies at message_decrypted", dieAt("message_decrypted")],
    ["a host dies at message_reported", dieAt("message_reported")],
    ["a host dies at message_durable", dieAt("message_durable")],
    ["a host dies at message_acknowledged", dieAt("message_acknowledged")],
    [
      "all hosts are killed",
      async () => {
        for (const host of world.stack.hosts) host.kill("SIGKILL");
      },
    ],
    ["workerd is killed", async () => void process.kill(workerdPid(), "SIGKILL")],
    [
      "workerd is killed, and all hosts a moment later",
      async () => {
        process.kill(workerdPid(), "SIGKILL");
        await pause(150);
        for (const host of world.stack.hosts) host.kill("SIGKILL");
      },
    ],
  ])("when %s", async (label, disturb) => {
    await world.stack.ready();
    await connected(world.api, account);
    const written = await writeAll(label, disturb);
    await world.stack.ready();
    await expectKept(written);
  });
});

test("a person's edit, reaction and revocation reach the message and the journal", async () => {
  const [writer = ""] = WRITERS;
  await connected(world.api, account);
  const post = async (path: string, body: object) =>
    Sent.parse(await world.phones.post(`/phones/${writer}/${path}`, body)).wa_id;
  const waId = await post("messages", { to: OWNER, text: "frist" });
  await post("edit", { wa_id: waId, text: "first" });
  await post("react", { wa_id: waId, emoji: "👍" });
  await post("revoke", { wa_id: waId });
  const about = async () => {
    const all = await world.api.events(account);
    const received = all.findLast((event) => event.type === "message.received")?.data;
    const id = received !== undefined && "id" in received ? received.id : null;
    return all.filter(({ data }) =>
      "message" in data ? data.message === id : "id" in data && data.id === id,
    );
  };
  await until(async () => (await about()).length === 4);
  const events = await about();
  expect(events.map(({ type }) => type)).toEqual([
    "message.received",
    "message.edited",
    "message.reaction",
    "message.revoked",
  ]);
  expect(events[2]?.data).toMatchObject({ from: `+${writer}`, emoji: "👍" });
  expect(events[3]?.data).toMatchObject({ revoked_at: expect.any(String) as string });
});
