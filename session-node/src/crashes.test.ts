import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Id } from "@roost/contract/ids";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { HostProcess } from "../test/host-process.ts";
import { eventually, World } from "../test/given.ts";
import type { CrashPoint } from "./crash-points.ts";

let world: World;
let directory: string;
beforeAll(async () => {
  world = await World.create();
  directory = await mkdtemp(join(tmpdir(), "roost-crash-"));
});
afterEach(() => world.edge.assertRulesKept());
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

async function givenProcess(name = "host-1"): Promise<HostProcess> {
  const before = world.edge.hellos.length;
  const crashFile = join(directory, name);
  const host = new HostProcess({
    ...world.env,
    ROOST_HOST_NAME: name,
    ROOST_SANDBOX_CRASH_FILE: crashFile,
  });
  await eventually(() => expect(world.edge.hellos.length).toBeGreaterThan(before));
  return host;
}

async function tellToDie(host: HostProcess, at: `${CrashPoint}:${number}`): Promise<void> {
  await writeFile(join(directory, "host-1"), at);
  host.child.kill("SIGUSR2");
}

/** Two people write in turn, one message after the other; answers what they wrote, by id. */
async function writeMany(to: string, label: string, count: number): Promise<Map<string, string>> {
  const people = [await world.phone(), await world.phone({ addressing: "lid" })];
  const written = new Map<string, string>();
  for (let number = 0; number < count; number++) {
    const from = people[number % people.length] ?? "";
    const text = `${label} ${String(number % people.length)} ${String(number).padStart(3, "0")}`;
    written.set(await world.write(from, to, text), text);
  }
  return written;
}

/**
 * All that was written is reported, in the order of each writer, and WhatsApp regards nothing as
 * delivered that is not.
 */
async function expectKept(
  account: Id<"account">,
  number: string,
  written: ReadonlyMap<string, string>,
): Promise<void> {
  const { edge } = world;
  await eventually(async () => {
    expect(await world.pending(number)).toBe(0);
  }, 20_000);
  const seen = new Map<string, string | null>();
  for (const { wa_id, text } of edge.of("received", account)) {
    if (!seen.has(wa_id)) seen.set(wa_id, text);
  }
  const delivered = (await world.delivered(number)).filter((waId) => written.has(waId));
  expect(delivered.filter((waId) => !seen.has(waId))).toEqual([]);
  expect(new Set(delivered)).toEqual(new Set(written.keys()));
  expect(new Map(seen)).toEqual(new Map([...seen].filter(([waId]) => written.has(waId))));
  for (const writer of [" 0 ", " 1 "]) {
    const of = (texts: Iterable<string | null>) =>
      [...texts].filter((text) => text?.includes(writer));
    expect(of(seen.values())).toEqual(of(written.values()));
  }
  expect(edge.account(account).missing.size).toBe(0);
}

test.each<[CrashPoint, "again" | "elsewhere"]>([
  ["message_arrived", "again"],
  ["message_decrypted", "again"],
  ["message_reported", "elsewhere"],
  ["message_durable", "elsewhere"],
  ["message_acknowledged", "again"],
])("killed at %s, with the account %s: nothing is lost", async (point, where) => {
  const { edge } = world;
  await using host = await givenProcess();
  const { account, number } = await world.linked();
  await tellToDie(host, `${point}:7`);
  const exit = once(host.child, "exit");
  const [written] = await Promise.all([writeMany(number, point, 24), exit]);
  expect(host.child.signalCode).toBe("SIGKILL");
  await using _next = await givenProcess(where === "again" ? "host-1" : "host-2");
  const epoch = edge.start(account);
  await edge.expect("session", account, { state: "connected", epoch });
  await expectKept(account, number, written);
});

test("killed again and again in the middle of 200 messages, here and elsewhere: nothing is lost", async () => {
  const { edge } = world;
  let host = await givenProcess();
  const { account, number } = await world.linked();
  const writing = writeMany(number, "many", 200);
  for (let kill = 1; kill <= 4; kill++) {
    const before = edge.of("received", account).length;
    await eventually(() =>
      expect(edge.of("received", account).length).toBeGreaterThan(before + 10 * kill),
    );
    await host.end("SIGKILL");
    host = await givenProcess(`host-${1 + (kill % 2)}`);
    edge.start(account);
  }
  await using _last = host;
  await expectKept(account, number, await writing);
});

test("the edge is away while messages come in: WhatsApp keeps what it has not got", async () => {
  const { edge } = world;
  await using host = await givenProcess();
  const { account, number } = await world.linked();
  edge.isHoldingAcks = true;
  const written = await writeMany(number, "away", 10);
  await eventually(() => expect(edge.of("received", account)).toHaveLength(10));
  const held = await world.delivered(number);
  expect([...written.keys()].filter((waId) => held.includes(waId))).toEqual([]);
  await host.end("SIGKILL");
  edge.isHoldingAcks = false;
  await using _next = await givenProcess();
  const epoch = edge.start(account);
  await edge.expect("session", account, { state: "connected", epoch });
  await expectKept(account, number, written);
});

test("killed with a stanza that could not be read: the phone is asked by the next host", async () => {
  const { edge } = world;
  await using host = await givenProcess();
  const { account, number } = await world.linked();
  const contact = await world.phone();
  const known = await world.write(contact, number, "readable");
  await edge.expect("received", account, { wa_id: known });
  await tellToDie(host, "stanza_missing:1");
  const exit = once(host.child, "exit");
  const { wa_id: waId } = (await world.control("POST", `/phones/${contact}/messages`, {
    to: number,
    text: "say again",
    corrupt: true,
  })) as { wa_id: string };
  await exit;
  expect(edge.account(account).missing.has(waId)).toBe(true);
  await using _next = await givenProcess("host-2");
  edge.start(account);
  await edge.expect("received", account, { wa_id: waId, text: "say again" }, 20_000);
  await eventually(() => expect(edge.account(account).missing.size).toBe(0));
});

test("WhatsApp regards as delivered what could not be read: the phone is asked by the next host", async () => {
  const { edge } = world;
  await using host = await givenProcess();
  const { account, number } = await world.linked();
  const contact = await world.phone();
  await world.fault({ kind: "no_retry", number: contact });
  const { wa_id: waId } = (await world.control("POST", `/phones/${contact}/messages`, {
    to: number,
    text: "only the phone has it",
    corrupt: true,
  })) as { wa_id: string };
  await eventually(async () => expect(await world.delivered(number)).toContain(waId));
  await host.end("SIGKILL");
  await using _next = await givenProcess("host-2");
  edge.start(account);
  await edge.expect("received", account, { wa_id: waId, text: "only the phone has it" }, 20_000);
  await world.control("DELETE", "/faults");
  expect(edge.account(account).missing.size).toBe(0);
});

test("a receipt that was not durable when the host died comes again", async () => {
  const { edge } = world;
  await using host = await givenProcess();
  const { account, number } = await world.linked();
  const contact = await world.phone({ receipts: "none" });
  const message = world.send(account, contact);
  await edge.expect("outcome", account, { message: message.id, result: "sent" });
  edge.isHoldingAcks = true;
  await world.control("POST", `/phones/${contact}/read`, { wa_id: message.wa_id });
  await edge.expect("receipt", account, { type: "read" });
  const before = edge.of("receipt", account).length;
  await host.end("SIGKILL");
  edge.isHoldingAcks = false;
  expect(await world.pending(number)).toBe(1);
  await using _next = await givenProcess();
  edge.start(account);
  await eventually(() => expect(edge.of("receipt", account).length).toBeGreaterThan(before));
  await eventually(async () => expect(await world.pending(number)).toBe(0));
});
