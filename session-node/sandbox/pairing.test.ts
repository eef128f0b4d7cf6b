import { proto } from "@whiskeysockets/baileys";
import { afterAll, expect, test } from "vitest";
import { verify } from "./signal/keys.ts";
import { Client, control, linkByQr, newAuth } from "./test/client.ts";
import { eventually, givenNumber, givenSandbox } from "./test/given.ts";

const sandbox = await givenSandbox();
afterAll(() => sandbox[Symbol.asyncDispose]());

type PhoneView = { companions: { device: number; connected: boolean }[] };

test("a scanned QR links the client, and both signatures in its identity are real", async () => {
  const number = givenNumber();
  const { client, auth } = await linkByQr(sandbox, number);
  using _ = client;
  expect(auth.creds.me?.id).toBe(`${number}:1@s.whatsapp.net`);
  expect(auth.creds.me?.lid).toMatch(/^\d+:1@lid$/);

  const account = proto.ADVSignedDeviceIdentity.fromObject(auth.creds.account ?? {});
  const { details, accountSignatureKey, accountSignature, deviceSignature } = account;
  if (!details || !accountSignatureKey || !accountSignature || !deviceSignature) {
    throw new Error("incomplete");
  }
  const identity = auth.creds.signedIdentityKey.public;
  const byAccount = Buffer.concat([Buffer.from([6, 0]), details, identity]);
  expect(verify(accountSignatureKey, byAccount, accountSignature)).toBe(true);
  const byDevice = Buffer.concat([Buffer.from([6, 1]), details, identity, accountSignatureKey]);
  expect(verify(identity, byDevice, deviceSignature)).toBe(true);
});

test("a QR text is taken with and without the wa.me prefix, and by the button", async () => {
  for (const show of [
    (qr: string) => ({ qr }),
    (qr: string) => ({ qr: qr.replace(/^[^#]*#/, "") }),
    (qr: string) => control(sandbox, "POST", "/waiting", { id: "acc_1", qr }).then(() => ({})),
  ]) {
    using client = new Client(sandbox, newAuth());
    const body = await show(await client.qr());
    const linked = await control(sandbox, "POST", `/phones/${givenNumber()}/scan`, body);
    expect(linked).toMatchObject({ device: 1 });
    expect(await client.closed()).toMatchObject({ code: 515 });
  }
  expect(await control(sandbox, "GET", "/waiting")).toEqual([]);
});

test("a code that is not a QR text, unknown, or expired is refused with the reason", async () => {
  const path = `/phones/${givenNumber()}/scan`;
  const refused = (qr?: string) => control(sandbox, "POST", path, qr ? { qr } : {});
  await expect(refused("hello")).rejects.toThrow(/422.*not the text of a WhatsApp QR code/);
  await expect(refused("2@x,a,b,c")).rejects.toThrow(/422.*not a QR code that WhatsApp knows/);
  await expect(refused()).rejects.toThrow(/409.*No QR code is waiting/);

  let qr: string;
  {
    using client = new Client(sandbox, newAuth());
    qr = await client.qr();
  }
  await eventually(() => expect(refused(qr)).rejects.toThrow(/409.*expired/));
});

test("a typed pairing code links the client, with or without the dash, in any case", async () => {
  const number = givenNumber();
  const auth = newAuth();
  using pairing = new Client(sandbox, auth);
  await pairing.qr();
  const code = await pairing.socket.requestPairingCode(number);
  const typed = `${code.slice(0, 4)}-${code.slice(4)}`.toLowerCase();
  const linked = await control(sandbox, "POST", `/phones/${number}/code`, { code: typed });
  expect(linked).toMatchObject({ number, device: 1 });
  expect(await pairing.closed()).toMatchObject({ code: 515 });

  using client = await new Client(sandbox, auth).opened();
  expect(client.socket.user?.id).toBe(`${number}:1@s.whatsapp.net`);
  expect(auth.creds.registered).toBe(true);
});

test("a mistyped code fails with a sentence, and the right one still works after it", async () => {
  const number = givenNumber();
  using client = new Client(sandbox, newAuth());
  await client.qr();
  const code = await client.socket.requestPairingCode(number);
  const type = (typed: string) =>
    control(sandbox, "POST", `/phones/${number}/code`, { code: typed });
  await expect(type("AAAA1111")).rejects.toThrow(/422.*not the code that the other device shows/);
  expect(await type(code)).toMatchObject({ device: 1 });
});

test("a code nobody asked for is refused", async () => {
  const typing = control(sandbox, "POST", `/phones/${givenNumber()}/code`, { code: "ABCD1234" });
  await expect(typing).rejects.toThrow(/409.*No client has asked/);
});

test("a companion that logs out is gone from the phone and cannot log in again", async () => {
  const number = givenNumber();
  const { client, auth } = await linkByQr(sandbox, number);
  await client.socket.logout();
  expect(await control<PhoneView>(sandbox, "GET", `/phones/${number}`)).toMatchObject({
    companions: [],
  });
  using again = new Client(sandbox, auth);
  expect(await again.closed()).toMatchObject({ code: 401 });
});

test("with the passkey fault the link stays unfinished and the client is told why", async () => {
  const number = givenNumber();
  await control(sandbox, "POST", "/faults", { kind: "passkey", number });
  using client = new Client(sandbox, newAuth());
  const demands: unknown[] = [];
  client.socket.ws.on("CB:notification,type:passkey_prologue_request", (node) =>
    demands.push(node),
  );
  const qr = await client.qr();
  const scan = control(sandbox, "POST", `/phones/${number}/scan`, { qr });
  await expect(scan).rejects.toThrow(/409.*passkey/);
  await eventually(() => expect(demands).toHaveLength(1));
});
