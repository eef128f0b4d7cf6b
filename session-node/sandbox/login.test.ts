import { createHash } from "node:crypto";
import { type BinaryNode, getBinaryNodeChild } from "@whiskeysockets/baileys";
import { afterAll, expect, test } from "vitest";
import { isChainValid } from "./noise/certificates.ts";
import { bigEndian, KEY_TYPE, newKeyPair } from "./signal/keys.ts";
import { bytesOf, children, element, textOf } from "./stanzas/node.ts";
import { type Auth, Client, control, linkByQr, newAuth } from "./test/client.ts";
import { SecondClient } from "./test/second-client.ts";
import { eventually, givenNumber, givenSandbox, numberJid } from "./test/given.ts";

const sandbox = await givenSandbox();
afterAll(() => sandbox[Symbol.asyncDispose]());

type PhoneView = { companions: { connected: boolean; handshake: string | null }[] };
const { leaf, root } = sandbox.network.identity;

function resume(number: string, auth: Auth, serverStatic = leaf.public): Promise<SecondClient> {
  const { noiseKey } = auth.creds;
  return SecondClient.resume({
    webSocketUrl: sandbox.webSocketUrl,
    serverStatic,
    noiseKey: {
      private: Buffer.from(noiseKey.private),
      public: Buffer.from(noiseKey.public),
    },
    payload: { username: Number(number), device: 1, passive: false },
  });
}

async function givenCompanion(): Promise<{ number: string; auth: Auth }> {
  const number = givenNumber();
  const { client, auth } = await linkByQr(sandbox, number);
  client[Symbol.dispose]();
  await eventually(async () => {
    const phone = await control<PhoneView>(sandbox, "GET", `/phones/${number}`);
    expect(phone.companions).toMatchObject([{ connected: false }]);
  });
  return { number, auth };
}

test("a linked client logs in again with what it kept", async () => {
  const { number, auth } = await givenCompanion();
  using client = await new Client(sandbox, auth).opened();
  expect(client.socket.user?.id).toBe(`${number}:1@s.whatsapp.net`);
});

test("a client that kept the server's key resumes by IK", async () => {
  const { number, auth } = await givenCompanion();
  using client = await resume(number, auth);
  await client.next(({ tag }) => tag === "success");
  expect(client.pattern).toBe("IK");
  expect(isChainValid(client.chain, root.public, leaf.public)).toBe(true);
  const phone = await control<PhoneView>(sandbox, "GET", `/phones/${number}`);
  expect(phone.companions).toMatchObject([{ connected: true, handshake: "IK" }]);
});

test("a client that kept another key is led back to XX and gets in", async () => {
  const { number, auth } = await givenCompanion();
  using client = await resume(number, auth, newKeyPair().public);
  const success = await client.next(({ tag }) => tag === "success");
  expect(client.pattern).toBe("XXfallback");
  expect(isChainValid(client.chain, root.public, leaf.public)).toBe(true);
  // A client keeps this one for later and refuses anything but 32 bytes.
  const key = Buffer.from(success.attrs["companion_enc_static"] ?? "", "base64");
  expect(key).toHaveLength(32);
});

test("somebody else's noise key does not open an account", async () => {
  const { number, auth } = await givenCompanion();
  const stranger = { ...auth, creds: { ...auth.creds, noiseKey: newKeyPair() } };
  using client = await resume(number, stranger);
  const failure = await client.next(({ tag }) => tag === "failure");
  expect(failure.attrs["reason"]).toBe("401");
});

test("the digest is complete, and its hash is over all the keys that the server has", async () => {
  const { number, auth } = await givenCompanion();
  using client = await resume(number, auth);
  await client.next(({ tag }) => tag === "success");
  const answer = await client.ask(
    element("iq", { id: "D1", type: "get", xmlns: "encrypt", to: "s.whatsapp.net" }, [
      element("digest"),
    ]),
  );
  const digest = getBinaryNodeChild(answer, "digest");
  const skey = getBinaryNodeChild(digest, "skey");
  expect(bytesOf(digest, "registration").readUInt32BE()).toBe(auth.creds.registrationId);
  expect(bytesOf(digest, "type")).toEqual(Buffer.from([5]));

  const ids = children(getBinaryNodeChild(digest, "list"), "id").map(({ content }) =>
    String(Buffer.from(content as Uint8Array).readUIntBE(0, 3)),
  );
  const preKeys = await auth.keys.get("pre-key", ids);
  expect(ids).toHaveLength(Object.keys(preKeys).length);
  expect(ids.length).toBeGreaterThan(800);

  const hash = createHash("sha1").update(auth.creds.signedIdentityKey.public);
  hash.update(auth.creds.signedPreKey.keyPair.public).update(auth.creds.signedPreKey.signature);
  for (const id of ids) hash.update(preKeys[id]?.public ?? "");
  expect(bytesOf(digest, "hash")).toEqual(hash.digest());
  expect(bytesOf(skey, "signature")).toEqual(Buffer.from(auth.creds.signedPreKey.signature));
});

test("a client that logs in active is given keys and history after its first prekeys", async () => {
  const number = givenNumber();
  const auth = newAuth();
  using pairing = new Client(sandbox, auth);
  await control(sandbox, "POST", `/phones/${number}/scan`, { qr: await pairing.qr() });
  await pairing.closed();

  using client = await resume(number, auth);
  await client.next(({ tag }) => tag === "success");
  const { signedIdentityKey, signedPreKey, registrationId } = auth.creds;
  await client.ask(
    element("iq", { id: "K1", type: "set", xmlns: "encrypt", to: "s.whatsapp.net" }, [
      element("registration", {}, bigEndian(registrationId, 4)),
      element("type", {}, KEY_TYPE),
      element("identity", {}, signedIdentityKey.public),
      element("list", {}, [1, 2, 3].map(preKey)),
      element("skey", {}, [
        element("id", {}, bigEndian(signedPreKey.keyId, 3)),
        element("value", {}, signedPreKey.keyPair.public),
        element("signature", {}, signedPreKey.signature),
      ]),
    ]),
  );
  const isPeer = ({ attrs }: BinaryNode) => attrs["category"] === "peer";
  for (const _ of ["key share", "history"]) await client.next(isPeer);
  expect(client.nodes.filter(isPeer)).toHaveLength(2);
});

test("a look-up by number and JID at once is answered with both", async () => {
  const { number, auth } = await givenCompanion();
  using client = await resume(number, auth);
  await client.next(({ tag }) => tag === "success");
  const contact = givenNumber();
  const jid = numberJid(contact);
  const answer = await client.ask(
    element("iq", { id: "U1", type: "get", xmlns: "usync", to: "s.whatsapp.net" }, [
      element("usync", { sid: "1", mode: "query", context: "interactive" }, [
        element("query", {}, [element("contact"), element("lid")]),
        element("list", {}, [
          element("user", { jid }, [element("contact", {}, Buffer.from(`+${contact}`))]),
        ]),
      ]),
    ]),
  );
  const list = getBinaryNodeChild(getBinaryNodeChild(answer, "usync"), "list");
  const [user] = children(list, "user");
  expect(user?.attrs["jid"]).toBe(jid);
  const answered = getBinaryNodeChild(user, "contact");
  expect(answered?.attrs).toMatchObject({ type: "in" });
  expect(textOf(answered)).toBe(`+${contact}`);
  expect(getBinaryNodeChild(user, "lid")?.attrs["val"]).toMatch(/@lid$/);
});

test("a client with a route introduces itself with it", async () => {
  const { auth } = await givenCompanion();
  auth.creds.routingInfo = Buffer.from("0801", "hex");
  using _ = await new Client(sandbox, auth).opened();
  const routes = [...sandbox.network.connections].map(({ reader }) =>
    reader.routingInfo?.toString("hex"),
  );
  expect(routes).toContain("0801");
});

test("a second login of the same companion replaces the first", async () => {
  const { auth } = await givenCompanion();
  using first = await new Client(sandbox, auth).opened();
  using _second = await new Client(sandbox, auth).opened();
  expect(await first.closed()).toMatchObject({ code: 440 });
});

function preKey(id: number): BinaryNode {
  const value = element("value", {}, newKeyPair().public);
  return element("key", {}, [element("id", {}, bigEndian(id, 3)), value]);
}
