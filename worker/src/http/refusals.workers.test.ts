import document from "@roost/contract/openapi.json" with { type: "json" };
import { env } from "cloudflare:workers";
import type { Problem } from "@roost/contract/errors";
import { type Id, numberedId } from "@roost/contract/ids";
import { beforeAll, expect, test } from "vitest";
import { givenAccount, type Person } from "../../test/workers/given-account.ts";
import {
  call,
  freshId,
  givenKey,
  givenPlatformAdmin,
  givenTenant,
} from "../../test/workers/given.ts";
import type { ApiDocument } from "./docs-page.ts";

// Finds the route that forgot: every operation in the document passes every refusal that it can.

const written: ApiDocument = document;
const operations = Object.entries(written.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    ...operation,
    name: `${method.toUpperCase()} ${path}`,
    method: method.toUpperCase(),
    path,
    scope: operation["x-scope"],
    hasBody: operation.requestBody !== undefined,
  })),
);
const guarded = operations.filter(({ scope }) => scope !== undefined);
const forAdmins = operations.filter((operation) => operation["x-platform-admin"] === true);
const withBody = operations.filter(({ hasBody }) => hasBody);
const withoutBody = guarded.filter(({ method, hasBody }) => method === "POST" && !hasBody);
const withId = guarded.filter(({ path }) => path.includes("{"));
const withAccount = guarded.filter(({ parameters }) =>
  parameters?.some(({ name, in: place }) => name === "account" && place === "query"),
);

/** A name in a path, and whose it is. */
type Ids = Record<string, string>;

let mine: Person & { session: string };
let foreign: Ids;
let nonsense: Ids;

beforeAll(async () => {
  mine = await givenTenant();
  const other = await givenTenant();
  const account = await givenAccount(other);
  foreign = idsOf(account.id, other.keyId);
  nonsense = idsOf(freshId("account"), freshId("key"));
});

function idsOf(account: Id<"account">, key: Id<"key">): Ids {
  return {
    accountId: account,
    messageId: numberedId("message", account, 1),
    chatId: numberedId("chat", account, 1),
    id: key,
    hostName: "no-such-host",
  };
}

function fill(path: string, ids: Ids): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const id = ids[name];
    if (id === undefined) throw new Error(`Say in this test what {${name}} is.`);
    return id;
  });
}

/** Bodies that pass validation, so that what refuses is the id. */
const bodies: Record<string, object> = {
  updateAccount: { name: "Mine" },
  clearQueue: { filter: { lane: "campaign" } },
  countQueue: { filter: { lane: "campaign" } },
  retryQueue: { filter: { lane: "campaign" } },
  editMessage: { text: { body: "changed" } },
  startLink: { method: "qr" },
  setLimits: {
    per_minute: 1,
    per_hour: 1,
    per_day: 1,
    gap_ms: { min: 0, max: 0 },
    typing: { ms_per_character: 0, max_ms: 0 },
  },
  setQueue: { state: "active" },
};

async function bodyOf(answer: Response): Promise<object> {
  return { ...(await answer.json<object>()), request_id: "" };
}

test("the document has operations to try", () => {
  expect(guarded.length).toBeGreaterThan(3);
  expect(withId.length).toBeGreaterThan(0);
});

test.each(guarded)("$name without a credential is 401", async ({ method, path, hasBody }) => {
  const body = hasBody ? { body: {} } : {};
  const answer = await call(fill(path, nonsense), { method, ...body });
  expect(answer.status).toBe(401);
  expect(await answer.json()).toMatchObject({ code: "unauthenticated" });
});

test.each(guarded)("$name without the scope $scope is 403", async (operation) => {
  const { method, path, scope, hasBody } = operation;
  const { key } = await givenKey(mine.tenantId, { scopes: ["tenant:admin"] });
  const body = hasBody ? { body: {} } : {};
  const answer = await call(fill(path, nonsense), { key, method, ...body });
  expect(answer.status).toBe(403);
  expect(await answer.json()).toMatchObject({
    code: "forbidden",
    detail: expect.stringContaining(`\`${scope}\``),
  });
});

test.each(forAdmins)("$name is for platform admins alone", async ({ method, path }) => {
  const ask = (who: { key?: string; session?: string }) =>
    call(fill(path, nonsense), { method, ...who });
  const stranger = await ask({});
  expect(stranger.status).toBe(401);
  // A key of everything, and the owner of a tenant: neither runs the deployment.
  for (const who of [{ key: mine.key }, { session: mine.session }]) {
    const refused = await ask(who);
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({ code: "forbidden" });
  }
  const { session } = await givenPlatformAdmin();
  const isAboutOne = path.includes("{");
  expect((await ask({ session })).status).toBe(isAboutOne ? 404 : 200);
  if (!isAboutOne) return;
  const noName = fill(path, { ...nonsense, hostName: "No Name!" });
  const [nobodys, nonsenses] = [
    await ask({ session }),
    await call(encodeURI(noName), { method, session }),
  ];
  expect(await bodyOf(nobodys)).toEqual(await bodyOf(nonsenses));
});

test("who is no platform admin any more is refused with the session they have", async () => {
  const { session, userId } = await givenPlatformAdmin();
  expect((await call("/v1/admin/hosts", { session })).status).toBe(200);
  await env.DB.prepare("UPDATE users SET is_platform_admin = 0 WHERE id = ?").bind(userId).run();
  expect((await call("/v1/admin/hosts", { session })).status).toBe(403);
});

test.each(withBody)("$name with a malformed body is refused", async ({ method, path }) => {
  const { key } = mine;
  const send = (text: string) => call(fill(path, nonsense), { key, method, text });
  expect((await send("{")).status).toBe(400);
  const unknown = await send('{"no_such_field":1}');
  expect(unknown.status).toBe(422);
  const { errors } = await unknown.json<Problem>();
  expect(errors).toContainEqual({ path: "no_such_field", message: "is not a known field" });
  // In our words, never in the validator's.
  for (const { message } of errors ?? []) expect(message).toMatch(/^(is|must|has) /);
  const list = await send("[]");
  expect(list.status).toBe(422);
  expect(await list.json()).toMatchObject({ detail: "The body must be an object." });
});

test.each(withoutBody)("$name refuses fields, for it has none", async ({ method, path }) => {
  const send = (text: string) => call(fill(path, nonsense), { key: mine.key, method, text });
  expect((await send("{")).status).toBe(400);
  const refused = await send('{"x":1}');
  expect(refused.status).toBe(422);
  expect(await refused.json()).toMatchObject({
    errors: [{ path: "x", message: "is not a known field" }],
  });
  // Nothing is wrong with no fields: what is refused is the id.
  expect((await send("{}")).status).toBe(404);
  expect((await send("")).status).toBe(404);
});

test.each(withId)("$name answers another tenant's id like nonsense", async (operation) => {
  const { method, path, hasBody, operationId } = operation;
  if (hasBody && bodies[operationId] === undefined) throw new Error(`Give ${operationId} a body.`);
  const body = hasBody ? { body: bodies[operationId] } : {};
  const ask = (ids: Ids) => call(fill(path, ids), { key: mine.key, method, ...body });
  const [theirs, nobodys] = [await ask(foreign), await ask(nonsense)];
  expect([theirs.status, nobodys.status]).toEqual([404, 404]);
  expect(await bodyOf(theirs)).toEqual(await bodyOf(nobodys));
  // Not even an id: nothing is learned from its form either.
  const noId = Object.fromEntries(Object.keys(nonsense).map((name) => [name, "nonsense"]));
  expect((await ask(noId)).status).toBe(404);
});

test.each(withAccount)("$name of another tenant's account is like nonsense", async (operation) => {
  const ask = (ids: Ids) => call(`${operation.path}?account=${ids.accountId}`, { key: mine.key });
  const [theirs, nobodys] = [await ask(foreign), await ask(nonsense)];
  expect([theirs.status, nobodys.status]).toEqual([404, 404]);
  expect(await bodyOf(theirs)).toEqual(await bodyOf(nobodys));
});

test("sending from another tenant's account is refused like sending from nonsense", async () => {
  const send = (account: string | undefined) =>
    call("/v1/messages", {
      key: mine.key,
      body: { account, to: "+5511999990000", text: { body: "hi" } },
    });
  const [theirs, nobodys] = [await send(foreign.accountId), await send(nonsense.accountId)];
  expect([theirs.status, nobodys.status]).toEqual([404, 404]);
  expect(await bodyOf(theirs)).toEqual(await bodyOf(nobodys));
});

test("a key bound to accounts sees the tenant's others as nonsense", async () => {
  const [bound, other] = [await givenAccount(mine), await givenAccount(mine)];
  const { key } = await givenKey(mine.tenantId, { accounts: [bound.id] });
  const reading = withId.filter(
    ({ path, method }) => path.includes("{accountId}") && method === "GET",
  );
  for (const { path } of reading) {
    const refused = await call(fill(path, { accountId: other.id }), { key });
    const nobodys = await call(fill(path, nonsense), { key });
    expect(refused.status).toBe(404);
    expect(await bodyOf(refused)).toEqual(await bodyOf(nobodys));
  }
});
