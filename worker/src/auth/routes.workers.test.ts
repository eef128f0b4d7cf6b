import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import {
  arrivedMails,
  call,
  freshAddress,
  freshEmail,
  givenTenant,
  mailsTo,
  sessionIn,
  tokenIn,
} from "../../test/workers/given.ts";

const PASSWORD = "a long enough password";

async function signUp(email: string, facts: { password?: string; address?: string } = {}) {
  return call("/v1/auth/sign-up", {
    body: { email, password: facts.password ?? PASSWORD, organisation: "Acme" },
    address: facts.address ?? freshAddress(),
  });
}

async function logIn(
  email: string,
  facts: { password?: string; address?: string; session?: string } = {},
) {
  return call("/v1/auth/web-session", {
    body: { email, password: facts.password ?? PASSWORD },
    address: facts.address ?? freshAddress(),
    ...(facts.session === undefined ? {} : { session: facts.session }),
  });
}

async function givenPerson(address = freshAddress()): Promise<{ email: string; session: string }> {
  const email = freshEmail();
  await signUp(email, { address });
  const token = tokenIn((await arrivedMails(email))[0]);
  const verified = await call("/v1/auth/verify-email", { body: { token }, address });
  return { email, session: sessionIn(verified) ?? "" };
}

async function rowsOf(table: string): Promise<number> {
  const row = await env.DB.prepare(`SELECT count(*) AS count FROM ${table}`).first<{
    count: number;
  }>();
  return row?.count ?? 0;
}

test("a person signs up, confirms the address by the mail, and is logged in as owner", async () => {
  const email = freshEmail();
  const answer = await signUp(email.toUpperCase());
  expect(answer.status).toBe(202);
  const [mail] = await arrivedMails(email);
  const verified = await call("/v1/auth/verify-email", { body: { token: tokenIn(mail) } });
  expect(verified.status).toBe(200);
  const me = await verified.json();
  expect(me).toMatchObject({
    user: { email },
    tenant: { name: "Acme" },
    role: "owner",
    is_platform_admin: false,
  });
  const session = sessionIn(verified);
  expect(await (await call("/v1/auth/me", { session: session ?? "" })).json()).toEqual(me);
});

test("the session's cookie is only for this host, over https, and not for scripts", async () => {
  const { email } = await givenPerson();
  const cookie = (await logIn(email)).headers.get("set-cookie");
  expect(cookie).toMatch(
    /^__Host-roost_session=[^;]{64}; Max-Age=\d+; Path=\/; Secure; HttpOnly; SameSite=Lax$/,
  );
});

test("neither passwords nor tokens lie in the database", async () => {
  const { email, session } = await givenPerson();
  await call("/v1/auth/reset/request", { body: { email }, address: freshAddress() });
  const token = tokenIn((await arrivedMails(email, 2))[0]);
  for (const table of ["users", "sessions", "mail_tokens", "throttles", "known_addresses"]) {
    const { results } = await env.DB.prepare(`SELECT * FROM ${table}`).all();
    const text = JSON.stringify(results);
    for (const secret of [PASSWORD, session, token]) expect(text).not.toContain(secret);
  }
  const { results } = await env.DB.prepare("SELECT * FROM throttles").all();
  expect(JSON.stringify(results)).not.toContain(email);
});

test("sign-up answers a known address as a new one, and the difference is in the mail", async () => {
  const { email } = await givenPerson();
  const [known, fresh] = [await signUp(email), await signUp(freshEmail())];
  expect(known.status).toBe(fresh.status);
  expect(await known.json()).toEqual(await fresh.json());
  const [mail] = await arrivedMails(email, 2);
  expect(mail?.subject).toBe("You already have an account at Roost");
  expect(mail?.text).not.toContain("token");
  expect((await logIn(email)).status).toBe(200);
});

test("sign-up and login take as long for a known address as for an unknown one", async () => {
  const { email } = await givenPerson();
  const timeOf = async (work: () => Promise<Response>): Promise<number> => {
    const startedAt = performance.now();
    await work();
    return performance.now() - startedAt;
  };
  // In turns, so that a busy machine slows both; the fastest run is the least disturbed.
  const ratio = async (one: () => Promise<Response>, other: () => Promise<Response>) => {
    const times: [number, number][] = [];
    for (let n = 0; n < 4; n++) times.push([await timeOf(one), await timeOf(other)]);
    const [a, b] = [0, 1].map((side) => Math.min(...times.map((pair) => pair[side] ?? 0)));
    return (a ?? 0) / (b ?? 1);
  };
  const wrong = { password: "another long password" };
  const login = await ratio(
    () => logIn(email, wrong),
    () => logIn(freshEmail(), wrong),
  );
  const signingUp = await ratio(
    () => signUp(email),
    () => signUp(freshEmail()),
  );
  for (const each of [login, signingUp]) {
    expect(each).toBeGreaterThan(0.6);
    expect(each).toBeLessThan(1.6);
  }
});

test("a failure in the middle of sign-up leaves nothing behind", async () => {
  const tables = ["users", "tenants", "members", "mail_tokens"];
  const before = await Promise.all(tables.map(rowsOf));
  await env.DB.exec(
    "CREATE TRIGGER injected BEFORE INSERT ON mail_tokens BEGIN SELECT raise(ABORT, 'injected'); END",
  );
  const email = freshEmail();
  const failed = await signUp(email);
  await env.DB.exec("DROP TRIGGER injected");
  expect(failed.status).toBe(500);
  expect(await failed.text()).not.toContain("injected");
  expect(await Promise.all(tables.map(rowsOf))).toEqual(before);
  expect((await signUp(email)).status).toBe(202);
});

test("many sign-ups with one address at once make one person with one tenant", async () => {
  const email = freshEmail();
  const answers = await Promise.all(Array.from({ length: 4 }, () => signUp(email)));
  expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202]);
  const { results } = await env.DB.prepare(
    "SELECT role FROM members JOIN users ON users.id = user_id WHERE email = ?",
  )
    .bind(email)
    .all();
  expect(results).toEqual([{ role: "owner" }]);
});

test("each mail opens the account with the password of its own sign-up", async () => {
  const email = freshEmail();
  await signUp(email, { password: "the owner's password" });
  const [mine] = await arrivedMails(email);
  await signUp(email, { password: "a stranger's password" });
  const [theirs] = await arrivedMails(email, 2);
  const verified = await call("/v1/auth/verify-email", { body: { token: tokenIn(mine) } });
  expect(verified.status).toBe(200);
  expect((await logIn(email, { password: "the owner's password" })).status).toBe(200);
  expect((await logIn(email, { password: "a stranger's password" })).status).toBe(401);
  const late = await call("/v1/auth/verify-email", { body: { token: tokenIn(theirs) } });
  expect(late.status).toBe(422);
});

test("before the address is confirmed only the right password learns why login is refused", async () => {
  const email = freshEmail();
  await signUp(email);
  const wrong = await logIn(email, { password: "another long password" });
  const unknown = await logIn(freshEmail());
  expect(wrong.status).toBe(401);
  const body = async (response: Response) => ({
    ...(await response.json<object>()),
    request_id: "",
  });
  expect(await body(wrong)).toEqual(await body(unknown));
  const right = await logIn(email);
  expect(right.status).toBe(403);
  expect(await right.json()).toMatchObject({
    code: "forbidden",
    detail: expect.stringContaining("ask for another mail"),
  });
  expect(sessionIn(right)).toBeUndefined();
});

test("another mail can be had until the address is confirmed, and nobody learns whether", async () => {
  const email = freshEmail();
  await signUp(email);
  await arrivedMails(email);
  const resend = (to: string) =>
    call("/v1/auth/resend-verification", { body: { email: to }, address: freshAddress() });
  const known = await resend(email);
  const unknown = await resend(freshEmail());
  expect([known.status, unknown.status]).toEqual([202, 202]);
  expect(await known.json()).toEqual(await unknown.json());
  const [second] = await arrivedMails(email, 2);
  const verified = await call("/v1/auth/verify-email", { body: { token: tokenIn(second) } });
  expect(verified.status).toBe(200);
});

test("a link that confirms is used once, even by four at the same moment", async () => {
  const email = freshEmail();
  await signUp(email);
  const token = tokenIn((await arrivedMails(email))[0]);
  const use = () => call("/v1/auth/verify-email", { body: { token } });
  const answers = await Promise.all([use(), use(), use(), use()]);
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
    200, 422, 422, 422,
  ]);
  expect((await use()).status).toBe(422);
});

test("a link's token is not consumed by opening it", async () => {
  const email = freshEmail();
  await signUp(email);
  const token = tokenIn((await arrivedMails(email))[0]);
  expect((await call(`/v1/auth/verify-email?token=${token}`)).status).toBe(405);
  expect((await call("/v1/auth/verify-email", { body: { token } })).status).toBe(200);
});

test("a link that is too old, made up, or for something else is refused alike", async () => {
  const { email } = await givenPerson();
  await call("/v1/auth/reset/request", { body: { email }, address: freshAddress() });
  const token = tokenIn((await arrivedMails(email, 2))[0]);
  const asVerify = await call("/v1/auth/verify-email", { body: { token } });
  const madeUp = await call("/v1/auth/verify-email", { body: { token: "0".repeat(64) } });
  await env.DB.prepare("UPDATE mail_tokens SET expires_at = ?").bind(Date.now()).run();
  const tooOld = await call("/v1/auth/reset", { body: { token, password: PASSWORD } });
  for (const refused of [asVerify, madeUp, tooOld]) {
    expect(refused.status).toBe(422);
    expect(await refused.json()).toMatchObject({ code: "token_invalid" });
  }
});

test("a new login ends the session that the browser had, and leaves others alone", async () => {
  const { email, session } = await givenPerson();
  const second = sessionIn(await logIn(email)) ?? "";
  const third = sessionIn(await logIn(email, { session })) ?? "";
  const statusOf = async (token: string) => (await call("/v1/auth/me", { session: token })).status;
  expect(new Set([session, second, third]).size).toBe(3);
  expect([await statusOf(session), await statusOf(second), await statusOf(third)]).toEqual([
    401, 200, 200,
  ]);
});

test("logging out ends the session at once and removes the cookie", async () => {
  const { session } = await givenPerson();
  const out = await call("/v1/auth/web-session", { method: "DELETE", session });
  expect(out.status).toBe(204);
  expect(out.headers.get("set-cookie")).toMatch(/^__Host-roost_session=; Max-Age=0; .*Secure/);
  expect((await call("/v1/auth/me", { session })).status).toBe(401);
  expect((await call("/v1/auth/web-session", { method: "DELETE", session })).status).toBe(204);
});

test("a session ends by itself, and with its member's place in the tenant", async () => {
  const { session, tenantId } = await givenTenant();
  const other = await givenTenant();
  await env.DB.prepare("UPDATE sessions SET expires_at = ? WHERE tenant_id = ?")
    .bind(Date.now(), tenantId)
    .run();
  await env.DB.prepare("DELETE FROM members WHERE tenant_id = ?").bind(other.tenantId).run();
  expect((await call("/v1/auth/me", { session })).status).toBe(401);
  expect((await call("/v1/auth/me", { session: other.session })).status).toBe(401);
});

test("a reset sets the password, ends every session and tells the owner", async () => {
  const { email, session } = await givenPerson();
  const elsewhere = sessionIn(await logIn(email)) ?? "";
  await call("/v1/auth/reset/request", { body: { email }, address: freshAddress() });
  const token = tokenIn((await arrivedMails(email, 2))[0]);
  const password = "quite another password";
  const set = await call("/v1/auth/reset", { body: { token, password } });
  expect(set.status).toBe(200);
  for (const each of [session, elsewhere]) {
    expect((await call("/v1/auth/me", { session: each })).status).toBe(401);
  }
  expect((await logIn(email)).status).toBe(401);
  expect((await logIn(email, { password })).status).toBe(200);
  const [told] = await arrivedMails(email, 3);
  expect(told?.subject).toBe("Your password for Roost was changed");
  const again = await call("/v1/auth/reset", { body: { token, password: "a third password" } });
  expect(again.status).toBe(422);
});

test("a reset is used once, even by four at the same moment", async () => {
  const { email } = await givenPerson();
  await call("/v1/auth/reset/request", { body: { email }, address: freshAddress() });
  const token = tokenIn((await arrivedMails(email, 2))[0]);
  const use = (n: number) =>
    call("/v1/auth/reset", { body: { token, password: `new password number ${n}` } });
  const answers = await Promise.all([use(1), use(2), use(3), use(4)]);
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
    200, 422, 422, 422,
  ]);
});

test("a reset also confirms the address, and ends the links of earlier sign-ups", async () => {
  const email = freshEmail();
  await signUp(email, { password: "a stranger's password" });
  const theirs = tokenIn((await arrivedMails(email))[0]);
  await call("/v1/auth/reset/request", { body: { email }, address: freshAddress() });
  const token = tokenIn((await arrivedMails(email, 2))[0]);
  expect((await call("/v1/auth/reset", { body: { token, password: PASSWORD } })).status).toBe(200);
  expect((await logIn(email)).status).toBe(200);
  expect((await call("/v1/auth/verify-email", { body: { token: theirs } })).status).toBe(422);
  expect((await logIn(email, { password: "a stranger's password" })).status).toBe(401);
});

test("asking for a reset tells nobody whether the address is known, and mails only who is", async () => {
  const { email } = await givenPerson();
  const stranger = freshEmail();
  const ask = (to: string) =>
    call("/v1/auth/reset/request", { body: { email: to }, address: freshAddress() });
  const [known, unknown] = [await ask(email), await ask(stranger)];
  expect([known.status, unknown.status]).toEqual([202, 202]);
  expect(await known.json()).toEqual(await unknown.json());
  await arrivedMails(email, 2);
  expect(await mailsTo(stranger)).toEqual([]);
});

test("asking again and again does not make earlier links useless", async () => {
  const { email } = await givenPerson();
  const ask = () => call("/v1/auth/reset/request", { body: { email }, address: freshAddress() });
  await ask();
  const first = tokenIn((await arrivedMails(email, 2))[0]);
  await ask();
  await arrivedMails(email, 3);
  const set = await call("/v1/auth/reset", { body: { token: first, password: PASSWORD } });
  expect(set.status).toBe(200);
});

test("guessing from one address is slowed down with growing waits", async () => {
  const { email } = await givenPerson();
  const address = freshAddress();
  const guess = () => logIn(email, { password: "a guess of a password", address });
  for (let n = 0; n < 5; n++) expect((await guess()).status).toBe(401);
  const held = await guess();
  expect(held.status).toBe(429);
  expect(Number(held.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(await held.json()).toMatchObject({ code: "rate_limited", retryable: "after" });
});

test("a stranger who keeps guessing from everywhere cannot lock the owner out", async () => {
  const home = freshAddress();
  const { email } = await givenPerson(home);
  for (let n = 0; n < 20; n++) await logIn(email, { password: "a guess of a password" });
  const stranger = await logIn(email, { password: "a guess of a password" });
  expect(stranger.status).toBe(429);
  expect((await logIn(email, { address: home })).status).toBe(200);

  // From a new place the owner proves by mail who they are.
  const cafe = freshAddress();
  await call("/v1/auth/reset/request", { body: { email }, address: cafe });
  const token = tokenIn((await arrivedMails(email, 2))[0]);
  const reset = await call("/v1/auth/reset", {
    body: { token, password: PASSWORD },
    address: cafe,
  });
  expect(reset.status).toBe(200);
  expect((await logIn(email, { address: cafe })).status).toBe(200);
});

test("right passwords are not counted against anybody", async () => {
  const address = freshAddress();
  const { email } = await givenPerson(address);
  for (let n = 0; n < 8; n++) expect((await logIn(email, { address })).status).toBe(200);
});

test("a stranger cannot have mails poured over somebody", async () => {
  const email = freshEmail();
  const address = freshAddress();
  const statuses: number[] = [];
  for (let n = 0; n < 6; n++) statuses.push((await signUp(email, { address })).status);
  expect(statuses).toEqual([202, 202, 202, 202, 429, 429]);
  expect(await arrivedMails(email, 4)).toHaveLength(4);
});

test("a session changes things only from our own pages", async () => {
  const { session } = await givenPerson();
  const out = (origin: string | null) =>
    call("/v1/auth/web-session", { method: "DELETE", session, origin });
  for (const origin of ["https://evil.example", "null", null]) {
    const refused = await out(origin);
    expect(refused.status).toBe(403);
    expect(refused.headers.get("set-cookie")).toBeNull();
  }
  expect((await call("/v1/auth/me", { session, origin: "https://evil.example" })).status).toBe(200);
  expect((await out("http://localhost:8787")).status).toBe(204);
});

test("another site cannot log a browser in as somebody else", async () => {
  const { email } = await givenPerson();
  const forced = await call("/v1/auth/web-session", {
    body: { email, password: PASSWORD },
    origin: "https://evil.example",
  });
  expect(forced.status).toBe(403);
  expect(sessionIn(forced)).toBeUndefined();
});

test.each([
  [{ email: "not an address" }, "email"],
  [{ password: "short" }, "password"],
  [{ organisation: "  " }, "organisation"],
  [{ role: "owner" }, "role"],
])("sign-up with %j is refused and says where", async (wrong, path) => {
  const email = freshEmail();
  const answer = await call("/v1/auth/sign-up", {
    body: { email, password: PASSWORD, organisation: "Acme", ...wrong },
  });
  expect(answer.status).toBe(422);
  expect(await answer.json()).toMatchObject({ code: "validation_failed", errors: [{ path }] });
});

test("`me` is for people: a key is told so", async () => {
  const { key } = await givenTenant();
  expect((await call("/v1/auth/me", { key })).status).toBe(403);
  expect((await call("/v1/auth/me")).status).toBe(401);
});
