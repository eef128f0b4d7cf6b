import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { eventually, newNumber, World } from "../test/given.ts";

let world: World;
beforeAll(async () => {
  world = await World.create();
  await world.host({ qrValidMs: 600, codeValidMs: 1_500, confirmLinkMs: 2_500 });
});
afterEach(() => world.edge.assertRulesKept());
afterAll(() => world[Symbol.asyncDispose]());

function linkStates(account: Parameters<World["edge"]["of"]>[1]): string[] {
  return world.edge.of("link", account).map(({ state }) => state);
}

test("a scanned QR links the account, and its credentials are stored before it says so", async () => {
  const { edge } = world;
  const { account, number } = await world.linked();
  expect(linkStates(account)).toEqual(["starting", "waiting_for_scan", "linking", "linked"]);
  const linkedAt = edge.reports.findIndex(
    (report) => report.kind === "link" && report.account === account && report.state === "linked",
  );
  const stored = edge.reports
    .slice(0, linkedAt)
    .flatMap((report) =>
      report.kind === "keys" && report.account === account ? report.writes : [],
    );
  expect(stored.map(([name]) => name)).toContain("creds");
  const { self } = await edge.expect("session", account, { state: "connected" });
  expect(self).toEqual({ phone: number, lid: expect.stringMatching(/^\d+$/) });
});

test("nothing is stored before a phone has accepted the device", async () => {
  const { edge } = world;
  const account = edge.newAccount();
  edge.start(account, { method: "qr", phone: null });
  await edge.expect("link", account, { state: "waiting_for_scan" });
  expect(edge.of("keys", account)).toEqual([]);
  edge.stop(account, "close");
  await edge.expect("link", account, { state: "failed", error: "link_cancelled" });
  await edge.expect("session", account, { state: "ended", reason: null });
  expect(edge.of("keys", account)).toEqual([]);
});

test("each QR is told with its end, and the attempt expires when WhatsApp has no more of them", async () => {
  const { edge } = world;
  const account = edge.newAccount();
  edge.start(account, { method: "qr", phone: null });
  await edge.expect("link", account, { state: "expired", error: "link_expired" });
  const shown = edge.of("link", account).filter(({ state }) => state === "waiting_for_scan");
  expect(new Set(shown.map(({ qr }) => qr)).size).toBeGreaterThan(1);
  for (const { at, expires_at } of shown) expect(expires_at).toBeGreaterThan(at);
  await edge.expect("session", account, { state: "ended", reason: "link_expired" });
  expect(edge.of("keys", account)).toEqual([]);
});

test("a waiting QR is announced on the sandbox's page", async () => {
  const { edge } = world;
  const account = edge.newAccount();
  edge.start(account, { method: "qr", phone: null });
  await edge.expect("link", account, { state: "waiting_for_scan" });
  const number = newNumber();
  await eventually(() => world.control("POST", `/phones/${number}/scan`, {}));
  await expect(edge.expect("session", account, { state: "connected" })).resolves.toBeDefined();
});

test("a typed pairing code links the account", async () => {
  const { edge } = world;
  const account = edge.newAccount();
  const number = newNumber();
  edge.start(account, { method: "code", phone: number });
  const { code, qr } = await edge.expect("link", account, { state: "waiting_for_code" });
  expect(code).toMatch(/^[A-Z0-9]{8}$/);
  expect(qr).toBeNull();
  await world.control("POST", `/phones/${number}/code`, { code });
  await edge.expect("session", account, { state: "connected" });
  expect(linkStates(account)).toEqual(["starting", "waiting_for_code", "linking", "linked"]);
});

test("a code nobody types expires, leaves nothing behind, and the next attempt works", async () => {
  const { edge } = world;
  const account = edge.newAccount();
  const number = newNumber();
  edge.start(account, { method: "code", phone: number });
  await edge.expect("link", account, { state: "expired", error: "code_not_confirmed" });
  await edge.expect("session", account, { state: "ended", reason: "code_not_confirmed" });
  expect(edge.of("keys", account)).toEqual([]);

  const epoch = edge.start(account, { method: "code", phone: number });
  const { code } = await edge.expect("link", account, { state: "waiting_for_code", epoch });
  await world.control("POST", `/phones/${number}/code`, { code });
  await edge.expect("session", account, { state: "connected", epoch });
});

test("a mistyped code links nothing and ends nothing: the right one still works", async () => {
  const { edge } = world;
  const account = edge.newAccount();
  const number = newNumber();
  edge.start(account, { method: "code", phone: number });
  const { code } = await edge.expect("link", account, { state: "waiting_for_code" });
  const wrong = code === "AAAAAAAA" ? "BBBBBBBB" : "AAAAAAAA";
  await expect(world.control("POST", `/phones/${number}/code`, { code: wrong })).rejects.toThrow(
    /422/,
  );
  await world.control("POST", `/phones/${number}/code`, { code });
  await edge.expect("session", account, { state: "connected" });
  expect(linkStates(account)).toEqual(["starting", "waiting_for_code", "linking", "linked"]);
});

test("a mistyped code that is never put right expires", async () => {
  const { edge } = world;
  const account = edge.newAccount();
  const number = newNumber();
  edge.start(account, { method: "code", phone: number });
  await edge.expect("link", account, { state: "waiting_for_code" });
  await world
    .control("POST", `/phones/${number}/code`, { code: "AAAAAAAA" })
    .catch(() => undefined);
  await edge.expect("link", account, { state: "expired", error: "code_not_confirmed" });
  expect(edge.of("keys", account)).toEqual([]);
});

test("a number that gets no code fails at once, and says so", async () => {
  const { edge } = world;
  const account = edge.newAccount();
  const number = newNumber();
  await world.fault({ kind: "code_refused", code: 400, number, count: 1 });
  edge.start(account, { method: "code", phone: number });
  await edge.expect("link", account, { state: "failed", error: "code_refused" });
  await edge.expect("session", account, { state: "ended", reason: "code_refused" });
  expect(edge.of("keys", account)).toEqual([]);
});

test.each(["qr", "code"] as const)(
  "an owner who never confirms (%s) leaves nothing behind",
  async (method) => {
    const { edge } = world;
    const account = edge.newAccount();
    const number = newNumber();
    await world.fault({ kind: "not_confirmed", number, count: 1 });
    edge.start(account, { method, phone: method === "code" ? number : null });
    const state = method === "qr" ? "waiting_for_scan" : "waiting_for_code";
    const { qr, code } = await edge.expect("link", account, { state });
    const path = method === "qr" ? "scan" : "code";
    const body = method === "qr" ? { qr } : { code };
    await expect(world.control("POST", `/phones/${number}/${path}`, body)).rejects.toThrow(/409/);
    await edge.expect("link", account, { state: "expired" });
    expect(edge.of("keys", account)).toEqual([]);
  },
);

test("a phone that accepted us and whose network never lets us in fails the attempt in time", async () => {
  const { edge } = world;
  const account = edge.newAccount();
  const number = newNumber();
  edge.start(account, { method: "qr", phone: null });
  const { qr } = await edge.expect("link", account, { state: "waiting_for_scan" });
  await world.fault({ kind: "failure", code: 503, number });
  await world.control("POST", `/phones/${number}/scan`, { qr });
  await edge.expect("link", account, { state: "linking" });
  await edge.expect("link", account, { state: "failed", error: "link_not_confirmed" });
  await edge.expect("session", account, { state: "ended", reason: "link_not_confirmed" });
  expect(linkStates(account)).toEqual(["starting", "waiting_for_scan", "linking", "failed"]);
  await world.control("DELETE", "/faults");
});

test("a phone that demands a passkey ends the attempt with that reason", async () => {
  const { edge } = world;
  const number = await world.phone();
  await world.fault({ kind: "passkey", number, count: 1 });
  const account = edge.newAccount();
  edge.start(account, { method: "qr", phone: null });
  const { qr } = await edge.expect("link", account, { state: "waiting_for_scan" });
  await world.control("POST", `/phones/${number}/scan`, { qr }).catch(() => undefined);
  await edge.expect("link", account, { state: "failed", error: "passkey_demanded" });
  await expect(
    edge.expect("session", account, { state: "ended", reason: "passkey_demanded" }),
  ).resolves.toBeDefined();
});

test("a QR whose connection breaks is replaced by one that works", async () => {
  await world.fault({ kind: "refuse_upgrade", status: 503, count: 1 });
  await expect(world.linked()).resolves.toBeDefined();
});

test("unlinking removes the device at WhatsApp and ends the session", async () => {
  const { edge } = world;
  const { account, number } = await world.linked();
  edge.stop(account, "logout");
  await edge.expect("session", account, { state: "ended", reason: "unlinked_by_us" });
  const phone = (await world.control("GET", `/phones/${number}`)) as { companions: unknown[] };
  expect(phone.companions).toEqual([]);
});

test("without credentials and without a link there is nothing to connect", async () => {
  const { edge } = world;
  const account = edge.newAccount();
  edge.start(account);
  await expect(
    edge.expect("session", account, { state: "ended", reason: "credentials_refused" }),
  ).resolves.toBeDefined();
});

test("credentials that these keys cannot read end the session and touch nothing", async () => {
  const { edge } = world;
  const account = edge.newAccount();
  const data_key = `v1.00000000.${Buffer.alloc(60).toString("base64")}`;
  edge.send({
    type: "start",
    account,
    epoch: ++edge.account(account).epoch,
    link: null,
    credentials: { data_key, creds: Buffer.alloc(80).toString("base64") },
  });
  await edge.expect("session", account, { state: "ended", reason: "credentials_refused" });
  expect(edge.of("keys", account)).toEqual([]);
});
