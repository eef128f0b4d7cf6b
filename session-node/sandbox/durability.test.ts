import { rm } from "node:fs/promises";
import { expect, onTestFinished, test } from "vitest";
import type { LedgerRow } from "./storage/ledger.ts";
import type { PhoneMessage } from "./storage/messages.ts";
import { Client, control, linkByQr } from "./test/client.ts";
import { eventually, givenDirectory, givenNumber, numberJid } from "./test/given.ts";
import { SandboxProcess } from "./test/process.ts";

const ROUNDS = 2;
/** Processes are started and killed here, on machines that may be busy. */
const TIMEOUT_MS = 120_000;
/** Baileys' own buffer may keep an event for half a minute when it was flushed at a bad moment. */
const BAILEYS_HOLDS_MS = 40_000;

test(
  "killed in the middle of sends it has every acknowledged message, each exactly once",
  { timeout: TIMEOUT_MS },
  async () => {
    const directory = await givenDirectory();
    onTestFinished(() => rm(directory, { recursive: true }));
    const [owner, contact] = [givenNumber(), givenNumber()];
    const acked = new Set<string>();
    const attempted: string[] = [];
    let before: LedgerRow[] = [];

    await using first = await SandboxProcess.start(directory);
    const { client, auth } = await linkByQr(first, owner);
    let [server, sender] = [first, client];

    for (let round = 0; round < ROUNDS; round++) {
      before = await sendUntilKilled(server, sender, round);
      await using restarted = await SandboxProcess.start(directory, server.port);
      expect(restarted.rootPublicKey).toEqual(server.rootPublicKey);

      const after = await control<LedgerRow[]>(restarted, "GET", "/ledger");
      expect(after.slice(0, before.length)).toEqual(before);
      const entered = after.map(({ wa_id }) => wa_id);
      expect(new Set(entered).size).toBe(entered.length);
      expect([...acked].filter((id) => !entered.includes(id))).toEqual([]);
      await expectAtPhones(restarted, [...acked]);

      // What was in doubt is sent again under its own id, as the product does.
      using again = await new Client(restarted, auth).opened();
      collectAcks(again);
      const doubtful = attempted.filter((id) => !acked.has(id));
      for (const id of doubtful) await send(again, id);
      await eventually(() => expect(doubtful.filter((id) => !acked.has(id))).toEqual([]));
      await expectAtPhones(restarted, attempted);
      if (round < ROUNDS - 1) {
        await restarted.kill();
        server = await SandboxProcess.start(directory, restarted.port);
        sender = await new Client(server, auth).opened();
      }
    }
    expect(acked.size).toBeGreaterThan(ROUNDS * 5);

    function collectAcks(from: Client): void {
      from.socket.ws.on("CB:ack,class:message", ({ attrs }: { attrs: { id: string } }) =>
        acked.add(attrs.id),
      );
    }

    async function sendUntilKilled(target: SandboxProcess, from: Client, round: number) {
      collectAcks(from);
      const alreadyAcked = acked.size;
      let ledger: LedgerRow[] = [];
      const killed = new AbortController();
      const killing = (async () => {
        await eventually(() => expect(acked.size - alreadyAcked).toBeGreaterThan(8));
        ledger = await control<LedgerRow[]>(target, "GET", "/ledger");
        await eventually(() => expect(acked.size - alreadyAcked).toBeGreaterThan(16));
        await target.kill();
        killed.abort();
      })();
      for (let n = 0; !killed.signal.aborted && n < 500; n++) {
        const id = `K${round}-${n}`;
        attempted.push(id);
        // The socket dies under one of them.
        await send(from, id).catch(() => undefined);
      }
      await killing;
      from[Symbol.dispose]();
      return ledger;
    }

    async function send(from: Client, id: string): Promise<void> {
      await from.socket.sendMessage(numberJid(contact), { text: id }, { messageId: id });
    }

    async function expectAtPhones(target: SandboxProcess, ids: readonly string[]): Promise<void> {
      for (const number of [contact, owner]) {
        const path = `/phones/${number}/messages?limit=10000`;
        const messages = await control<PhoneMessage[]>(target, "GET", path);
        const texts = messages.map(({ text }) => text);
        expect(new Set(texts).size).toBe(texts.length);
        expect(ids.filter((id) => !texts.includes(id))).toEqual([]);
      }
    }
  },
);

test(
  "phones, what they were told, and what waits for a companion outlive kill -9",
  { timeout: TIMEOUT_MS },
  async () => {
    const directory = await givenDirectory();
    onTestFinished(() => rm(directory, { recursive: true }));
    const [owner, contact] = [givenNumber(), givenNumber()];
    await using first = await SandboxProcess.start(directory);
    await control(first, "POST", "/phones", { number: contact, name: "Dora" });
    await control(first, "PUT", `/phones/${contact}`, { receipts: "none", addressing: "lid" });
    const { client, auth } = await linkByQr(first, owner);
    // What is read but not confirmed comes again, and Signal reads nothing twice.
    await eventually(async () => {
      expect(await control(first, "GET", `/phones/${owner}`)).toMatchObject({
        companions: [{ pending: 0 }],
      });
    });
    client[Symbol.dispose]();
    await eventually(async () => {
      expect(await control(first, "GET", `/phones/${owner}`)).toMatchObject({ connected: false });
    });
    await control(first, "POST", `/phones/${contact}/messages`, {
      to: owner,
      text: "still there?",
    });
    await first.kill();

    await using second = await SandboxProcess.start(directory);
    expect(await control(second, "GET", `/phones/${contact}`)).toMatchObject({
      name: "Dora",
      receipts: "none",
      addressing: "lid",
    });
    using again = await new Client(second, auth).opened();
    await eventually(() => {
      expect(again.messages()).toMatchObject([
        { upsert: "append", message: { conversation: "still there?" } },
      ]);
    }, BAILEYS_HOLDS_MS);
  },
);
