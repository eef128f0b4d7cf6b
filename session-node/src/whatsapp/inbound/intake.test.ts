import { EventEmitter } from "node:events";
import {
  type BinaryNode,
  initAuthCreds,
  proto,
  type WASocket,
  writeRandomPadMax16,
} from "@whiskeysockets/baileys";
import { expect, test } from "vitest";
import { Intake } from "./intake.ts";

/** As much of Baileys as handles a message: decrypts it, then says that we have it, or that we do not. */
class FakeBaileys {
  readonly ws = new EventEmitter();
  readonly ev = new EventEmitter();
  readonly messageMutex = { mutex: async (code: () => unknown) => code() };
  readonly said: string[] = [];
  readonly signalRepository = {
    decryptMessage: async ({ ciphertext }: { ciphertext: Uint8Array }): Promise<Uint8Array> => {
      const text = Buffer.from(ciphertext).toString();
      this.said.push(`decrypt ${text}`);
      if (text.startsWith("bad")) throw new Error("Bad MAC");
      return writeRandomPadMax16(proto.Message.encode({ conversation: text }).finish());
    },
    lidMapping: { getPNForLID: async () => null },
  };

  constructor() {
    const listener: (node: BinaryNode) => unknown = (node) => this.handle(node);
    this.ws.on("CB:message", listener);
  }

  async handle({ attrs, content }: BinaryNode): Promise<void> {
    const [enc] = Array.isArray(content) ? content : [];
    const ciphertext = enc?.content;
    try {
      if (!(ciphertext instanceof Uint8Array)) throw new Error("Message absent from node");
      await this.signalRepository.decryptMessage({ ciphertext });
      this.said.push(`receipt ${attrs["id"]}`);
    } catch {
      this.said.push(`refuse ${attrs["id"]}`);
    }
  }

  /** Only what the intake uses is there. */
  asSocket(): WASocket {
    return this as unknown as WASocket;
  }
}

function given() {
  const baileys = new FakeBaileys();
  const { said } = baileys;
  const durable: (() => void)[] = [];
  const state = { hasEnded: false };
  const note = (what: string): Promise<void> => {
    said.push(what);
    return new Promise((resolve) => durable.push(resolve));
  };
  const intake = new Intake({
    socket: baileys.asSocket(),
    auth: {
      creds: { ...initAuthCreds(), me: { id: "4911:1@s.whatsapp.net", lid: "5:1@lid" } },
      hold: () => {
        said.push("hold");
        return () => void said.push("let go");
      },
    },
    hasEnded: () => state.hasEnded,
    tell: (told) => note(told.kind === "received" ? `tell ${told.text}` : `tell ${told.kind}`),
    miss: ({ wa_id }) => note(`miss ${wa_id}`),
    untranslated: (error) => said.push(String(error)),
    passing: () => undefined,
  });
  const receive = (id: string, text = id, attrs = {}) => {
    const enc = { tag: "enc", attrs: { type: "msg" }, content: Buffer.from(text) };
    baileys.ws.emit("CB:message", {
      tag: "message",
      attrs: { id, from: "4912@s.whatsapp.net", t: "1700000000", ...attrs },
      content: text === "" ? [] : [enc],
    });
    return settle();
  };
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  const store = () => {
    for (const resolve of durable.splice(0)) resolve();
    return settle();
  };
  return { said, state, intake, receive, store };
}

test("the receipt follows the journal, and the used key follows the report", async () => {
  const { said, receive, store } = given();
  await receive("A");
  expect(said).toEqual(["hold", "decrypt A", "tell A", "let go"]);
  await store();
  expect(said.at(-1)).toBe("receipt A");
});

test("those behind are decrypted in order while the first waits, also what waited for us", async () => {
  const { said, receive, store } = given();
  await receive("A");
  await receive("B", "B", { offline: "0" });
  await receive("C");
  expect(said.filter((what) => what.startsWith("tell"))).toEqual(["tell A", "tell B", "tell C"]);
  expect(said.some((what) => what.startsWith("receipt"))).toBe(false);
  await store();
  expect(said.slice(-3)).toEqual(["receipt A", "receipt B", "receipt C"]);
});

test.each([
  ["cannot be read", "bad"],
  ["has nothing to read", ""],
])("a stanza that %s is noted before it is refused", async (_, text) => {
  const { said, receive, store } = given();
  await receive("A", text);
  expect(said).toContain("miss A");
  expect(said).not.toContain("refuse A");
  await store();
  expect(said.at(-1)).toBe("refuse A");
});

test("what is durable only when the connection is gone is not acknowledged on it", async () => {
  const { said, state, receive, store, intake } = given();
  await receive("A");
  state.hasEnded = true;
  await receive("B");
  await store();
  await intake.settled();
  expect(said).not.toContain("receipt A");
  expect(said).not.toContain("decrypt B");
});

test("who is leaving opens nothing more", async () => {
  const { said, receive, intake } = given();
  intake.quieten();
  await receive("A");
  expect(said).toEqual([]);
});

test("what the phone tells its own device is nobody's message", async () => {
  const { said, receive } = given();
  await receive("A", "A", { from: "4911@s.whatsapp.net", category: "peer" });
  expect(said).toEqual(["decrypt A", "receipt A"]);
});
