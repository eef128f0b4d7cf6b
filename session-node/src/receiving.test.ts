import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { eventually, World } from "../test/given.ts";

let world: World;
beforeAll(async () => {
  world = await World.create();
  await world.host();
});
afterEach(() => world.edge.assertRulesKept());
afterAll(() => world[Symbol.asyncDispose]());

const digits = expect.stringMatching(/^\d+$/) as unknown as string;

test.each(["pn", "lid"])(
  "a person addressed by %s is reported with number and LID",
  async (addressing) => {
    const { edge } = world;
    const { account, number } = await world.linked();
    const phone = await world.phone({ addressing });
    await world.control("POST", `/phones/${phone}/messages`, { to: number, text: "hi there" });
    const received = await edge.expect("received", account, { text: "hi there" });
    expect(received).toMatchObject({ from_me: false, type: "text", peer: { phone, lid: digits } });
  },
);

test("what the owner types on the phone is reported as theirs, to whom it went", async () => {
  const { edge } = world;
  const { account, number } = await world.linked();
  const phone = await world.phone();
  await world.control("POST", `/phones/${number}/messages`, { to: phone, text: "from my phone" });
  const received = await edge.expect("received", account, { text: "from my phone" });
  expect(received).toMatchObject({ from_me: true, name: null, peer: { phone } });
});

test("what came while we were away is reported like any other, in its order", async () => {
  const { edge } = world;
  const { account, number } = await world.linked();
  const phone = await world.phone();
  edge.stop(account, "close");
  await edge.expect("session", account, { state: "ended" });
  for (const text of ["one", "two", "three"]) {
    await world.control("POST", `/phones/${phone}/messages`, { to: number, text });
  }
  edge.start(account);
  await edge.expect("received", account, { text: "three" });
  const texts = edge.of("received", account).map(({ text }) => text);
  expect(texts).toEqual(["one", "two", "three"]);
});

test("a message that cannot be decrypted is asked for again and arrives once", async () => {
  const { edge } = world;
  const { account, number } = await world.linked();
  const phone = await world.phone();
  await world.fault({ kind: "undecryptable", number, count: 1 });
  await world.control("POST", `/phones/${phone}/messages`, { to: number, text: "say again" });
  await edge.expect("received", account, { text: "say again" });
  expect(edge.of("received", account)).toHaveLength(1);
});

test("several messages in a row keep their order", async () => {
  const { edge } = world;
  const { account, number } = await world.linked();
  const phones = [await world.phone(), await world.phone()];
  const texts = Array.from({ length: 12 }, (_, index) => `message ${index}`);
  for (const [index, text] of texts.entries()) {
    await world.control("POST", `/phones/${phones[index % 2]}/messages`, { to: number, text });
  }
  await edge.expect("received", account, { text: texts.at(-1) ?? "" });
  expect(edge.of("received", account).map(({ text }) => text)).toEqual(texts);
});

test("a stop in the middle of what comes in reports all that WhatsApp was told we have before it ends", async () => {
  const { edge } = world;
  const { account, number } = await world.linked();
  const phones = await Promise.all(Array.from({ length: 4 }, () => world.phone()));
  for (let round = 1; round <= 6; round++) {
    const { epoch } = edge.account(account);
    const texts = Array.from({ length: 12 }, (_, index) => `round ${round}, ${index}`);
    const send = texts.map((text, index) =>
      world.control("POST", `/phones/${phones[index % 4]}/messages`, { to: number, text }),
    );
    await edge.expect("received", account, { epoch });
    edge.stop(account, "close");
    await edge.expect("session", account, { state: "ended", epoch });
    await Promise.all(send);
    const next = edge.start(account);
    await edge.expect("session", account, { state: "connected", epoch: next });
    await eventually(() => {
      const seen = new Set(edge.of("received", account).map(({ text }) => text));
      expect(texts.filter((text) => !seen.has(text))).toEqual([]);
    });
    const ofRun = edge.reports.filter(
      (report) => report.account === account && report.epoch === epoch,
    );
    expect(ofRun.at(-1)).toMatchObject({ kind: "session", state: "ended" });
  }
});

test("a connection that breaks in the middle of what comes in loses none of it", async () => {
  const { edge } = world;
  const { account, number } = await world.linked();
  const phones = await Promise.all(Array.from({ length: 4 }, () => world.phone()));
  for (let round = 1; round <= 6; round++) {
    const texts = Array.from({ length: 12 }, (_, index) => `break ${round}, ${index}`);
    const send = texts.map((text, index) =>
      world.control("POST", `/phones/${phones[index % 4]}/messages`, { to: number, text }),
    );
    await edge.expect("received", account, { text: `break ${round}, 0` });
    await world.fault({ kind: "drop", number, count: 1 });
    await Promise.all(send);
    await eventually(() => {
      const seen = new Set(edge.of("received", account).map(({ text }) => text));
      expect(texts.filter((text) => !seen.has(text))).toEqual([]);
    });
  }
});

test("what a person does to a message is reported, and so is what the owner does on the phone", async () => {
  const { edge } = world;
  const { account, number } = await world.linked();
  const phone = await world.phone();
  const from = `/phones/${phone}`;
  const waId = await world.write(phone, number, "hello");
  await edge.expect("received", account, { wa_id: waId });
  await world.control("POST", `${from}/edit`, { wa_id: waId, text: "hello again" });
  const about = { wa_id: waId, from_me: false };
  await edge.expect("edited", account, { ...about, text: "hello again" });
  await world.control("POST", `/phones/${number}/react`, { wa_id: waId, emoji: "🎉" });
  await edge.expect("reaction", account, { wa_id: waId, from_me: true, to_ours: false });
  await world.control("POST", `${from}/revoke`, { wa_id: waId });
  await edge.expect("revoked", account, about);
  expect(edge.of("received", account)).toHaveLength(1);
});

test("a reaction to a message of ours says so, and an empty one takes it back", async () => {
  const { edge } = world;
  const { account } = await world.linked();
  const phone = await world.phone();
  const message = world.send(account, phone);
  await edge.expect("outcome", account, { message: message.id, result: "sent" });
  const of = { wa_id: message.wa_id, to_ours: true, from_me: false };
  for (const emoji of ["👍", ""]) {
    await world.control("POST", `/phones/${phone}/react`, { wa_id: message.wa_id, emoji });
    await edge.expect("reaction", account, { ...of, emoji: emoji || null });
  }
  expect(edge.of("reaction", account)).toHaveLength(2);
});

test("what neither sender nor phone sends again is at last called unanswered, and may still come", async () => {
  const { edge } = world;
  const { account, number } = await world.linked();
  const phone = await world.phone();
  await world.fault({ kind: "no_resend", number });
  await world.fault({ kind: "no_retry", number: phone });
  const { wa_id } = (await world.control("POST", `/phones/${phone}/messages`, {
    to: number,
    text: "sealed",
    corrupt: true,
  })) as { wa_id: string };
  await edge.expect("stanza", account, { wa_id, state: "missing" });
  await edge.expect("stanza", account, { wa_id, state: "unanswered" });
  await world.control("DELETE", "/faults");
  await edge.expect("received", account, { wa_id, text: "sealed" });
  expect(edge.account(account).missing.size).toBe(0);
});

test("what the phone had before it was linked is not news", async () => {
  const { edge } = world;
  const [number, phone] = [await world.phone(), await world.phone()];
  for (const text of ["old", "older"]) await world.write(phone, number, text);
  const { account } = await world.linked(number);
  await world.write(phone, number, "new");
  await edge.expect("received", account, { text: "new" });
  expect(edge.of("received", account).map(({ text }) => text)).toEqual(["new"]);
});
