import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { Problem } from "@roost/contract/errors";
import { afterEach, expect, test, vi } from "vitest";
import { call, freshAddress, freshEmail, givenTenant, ORIGIN } from "../../test/workers/given.ts";
import { app } from "../app.ts";
import { MAX_BODY_BYTES } from "./request-body.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

async function problemOf(answer: Response): Promise<Problem> {
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  const problem = Problem.parse(await answer.json());
  expect(problem.status).toBe(answer.status);
  expect(problem.request_id).toBe(answer.headers.get("x-request-id"));
  return problem;
}

test("every answer has a request id of its own and says how browsers may use it", async () => {
  const { key } = await givenTenant();
  const answers = [
    await call("/v1/keys", { key }),
    await call("/v1/keys"),
    await call("/v1/nothing"),
    await call("/v1/keys", { method: "PATCH" }),
    await call("/v1/keys", { key, text: "{" }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([200, 401, 404, 405, 400]);
  const ids = answers.map(({ headers }) => headers.get("x-request-id"));
  expect(new Set(ids).size).toBe(answers.length);
  for (const { headers } of answers) {
    expect(headers.get("x-request-id")).toMatch(/^req_/);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("content-security-policy")).toContain("default-src 'none'");
  }
});

test("browsers are told to stay with https where that is the public address", async () => {
  const https = { ...env, PUBLIC_URL: "https://roost.example" };
  const ask = (bindings: typeof env) =>
    app.fetch(new Request(`${ORIGIN}/v1/nothing`), bindings, createExecutionContext());
  expect((await ask(https)).headers.get("strict-transport-security")).toContain("max-age=");
  expect((await ask(env)).headers.get("strict-transport-security")).toBeNull();
});

test("a known path with another method is 405 and names the right ones", async () => {
  const answer = await call("/v1/keys", { method: "PUT", body: {} });
  expect(answer.headers.get("allow")).toBe("GET, POST");
  expect(await problemOf(answer)).toMatchObject({ code: "method_not_allowed" });
});

test("a body over the limit is refused while it is read, whatever length it claims", async () => {
  const chunk = new Uint8Array(64 * 1024).fill(32);
  let sent = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent += chunk.length;
      if (sent > 64 * MAX_BODY_BYTES) controller.close();
      else controller.enqueue(chunk);
    },
  });
  const answer = await call("/v1/auth/sign-up", { method: "POST", text: endless });
  expect(await problemOf(answer)).toMatchObject({ code: "payload_too_large" });
  expect(sent).toBeLessThan(8 * MAX_BODY_BYTES);

  const claimed = await call("/v1/auth/sign-up", { text: " ".repeat(MAX_BODY_BYTES + 1) });
  expect(claimed.status).toBe(413);
  const allowed = await call("/v1/auth/sign-up", { text: `{}${" ".repeat(MAX_BODY_BYTES - 2)}` });
  expect(allowed.status).toBe(422);
});

test.each(["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""])(
  "a body of type '%s' is refused",
  async (type) => {
    const answer = await call("/v1/auth/sign-up", {
      text: "{}",
      headers: { "content-type": type },
    });
    expect(await problemOf(answer)).toMatchObject({ code: "unsupported_media_type" });
  },
);

test.each(["{", "", "nothing", '{"email":}'])("a body that is '%s' is not JSON", async (text) => {
  const answer = await call("/v1/auth/sign-up", { text, method: "POST" });
  expect(await problemOf(answer)).toMatchObject({ code: "malformed_json" });
});

test("a body that is not UTF-8 is refused, not mended", async () => {
  const [before, after] = ['{"email":"', '"}'].map((text) => new TextEncoder().encode(text));
  const text = new Uint8Array([...(before ?? []), 0xc3, 0x28, ...(after ?? [])]);
  const answer = await call("/v1/auth/sign-up", { text });
  const problem = await problemOf(answer);
  expect(problem).toMatchObject({ status: 400, code: "malformed_json" });
  expect(problem.detail).toContain("UTF-8");
});

test("a word below /v1/messages is no message id, so there is no such route", async () => {
  const { key } = await givenTenant();
  const bulk = await call("/v1/messages/bulk", { key, body: { messages: [] } });
  expect(await problemOf(bulk)).toMatchObject({ status: 404, code: "not_found" });
});

test.each(["null", "[]", '"text"', "1", '{"__proto__":{"email":"a@b.c"}}'])(
  "JSON that is not what was asked for, %s, is said to be invalid",
  async (text) => {
    const answer = await call("/v1/auth/sign-up", { text });
    const problem = await problemOf(answer);
    expect(problem.code).toBe("validation_failed");
    expect(problem.errors?.length).toBeGreaterThan(0);
  },
);

test("unknown fields and unknown parameters are refused", async () => {
  const { key } = await givenTenant();
  const field = await call("/v1/keys", { key, body: { name: "A", scopes: ["keys:write"], x: 1 } });
  const parameter = await call("/v1/keys?limit=5&x=1", { key });
  expect([field.status, parameter.status]).toEqual([422, 422]);
});

test.each(["accounts", "keys", "messages", "chats"])(
  "a cursor of /v1/%s that nobody got from us is refused",
  async (list) => {
    const { key } = await givenTenant();
    const problem = await problemOf(await call(`/v1/${list}?cursor=nonsense`, { key }));
    expect(problem.status).toBe(422);
    expect(problem.errors).toEqual([
      { path: "cursor", message: "must be the `next_cursor` of a page" },
    ]);
  },
);

test("a failure of ours says nothing of itself to the caller, and everything to the operator", async () => {
  const lines = vi.spyOn(console, "log").mockImplementation(() => undefined);
  const broken = {
    ...env,
    DB: {
      prepare: () => {
        throw new Error("the disk is gone");
      },
    },
  };
  const answer = await app.fetch(
    new Request(`${ORIGIN}/v1/auth/me`, { headers: { cookie: "__Host-roost_session=x" } }),
    broken,
    createExecutionContext(),
  );
  const problem = await problemOf(answer);
  expect(problem).toMatchObject({ status: 500, code: "internal" });
  expect(JSON.stringify(problem)).not.toContain("disk");
  const crashed = lines.mock.calls.flat().find((line) => String(line).includes("request.crashed"));
  expect(crashed).toContain("the disk is gone");
  expect(crashed).toContain(problem.request_id);
});

test("one line per request: the route, the ids, and nothing secret", async () => {
  const { key, keyId, tenantId } = await givenTenant();
  const lines = vi.spyOn(console, "log").mockImplementation(() => undefined);
  await call(`/v1/keys/${keyId}?phone=5511999990000`, { key, method: "DELETE" });
  await call("/v1/auth/web-session", {
    body: { email: "ann@example.com", password: "her secret password" },
    address: freshAddress(),
  });
  await call("/v1/messages/5511999990000", { key });
  const handled = lines.mock.calls
    .flat()
    .map((line) => JSON.parse(String(line)) as Record<string, unknown>)
    .filter(({ event }) => event === "request.handled");
  expect(handled).toHaveLength(3);
  expect(handled[0]).toMatchObject({
    method: "DELETE",
    route: "/v1/keys/:id",
    ids: [keyId],
    status: 204,
    tenant: tenantId,
    actor: keyId,
    duration_ms: expect.any(Number),
  });
  expect(handled[1]).toMatchObject({ status: 401, code: "unauthenticated" });
  const text = JSON.stringify(lines.mock.calls);
  for (const secret of [key.slice(-52), "her secret", "ann@example.com", "5511999990000"]) {
    expect(text).not.toContain(secret);
  }
});

test("the document and its page are for everybody, and the page loads nothing from elsewhere", async () => {
  const document = await call("/v1/openapi.json");
  expect(await document.json()).toMatchObject({ openapi: "3.1.0" });
  const page = await call("/docs");
  expect(page.headers.get("content-type")).toContain("text/html");
  expect(page.headers.get("content-security-policy")).toBe(
    "default-src 'none'; style-src 'unsafe-inline'",
  );
  expect(await page.text()).toContain("Send a message");
});

test("a login costs two round trips to D1, a sign-up two, a request with a session one", async () => {
  const { session } = await givenTenant();
  let trips = 0;
  const counted = (statement: D1PreparedStatement): D1PreparedStatement =>
    new Proxy(statement, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== "function") return value;
        return (...values: unknown[]) => {
          if (name === "bind") return counted(target.bind(...values));
          if (["all", "first", "raw", "run"].includes(String(name))) trips += 1;
          return Reflect.apply(value, target, values) as unknown;
        };
      },
    });
  const DB = new Proxy(env.DB, {
    get(target, name) {
      if (name === "prepare") return (sql: string) => counted(target.prepare(sql));
      if (name !== "batch") return Reflect.get(target, name) as unknown;
      return (statements: D1PreparedStatement[]) => {
        trips += 1;
        return target.batch(statements);
      };
    },
  });
  const ask = async (path: string, init: RequestInit): Promise<number> => {
    trips = 0;
    const headers = new Headers(init.headers);
    headers.set("content-type", "application/json");
    headers.set("origin", ORIGIN);
    const request = new Request(`${ORIGIN}${path}`, { ...init, headers });
    await (await app.fetch(request, { ...env, DB }, createExecutionContext())).text();
    return trips;
  };
  const post = (body: object): RequestInit => ({ method: "POST", body: JSON.stringify(body) });
  const cookie = { headers: { cookie: `__Host-roost_session=${session}` } };
  const email = freshEmail();
  const password = "a long enough password";
  expect(await ask("/v1/auth/me", cookie)).toBe(1);
  expect(await ask("/v1/keys", cookie)).toBe(1);
  expect(await ask("/v1/auth/sign-up", post({ email, password, organisation: "Acme" }))).toBe(2);
  await env.DB.prepare("UPDATE users SET verified_at = 1 WHERE email = ?").bind(email).run();
  expect(await ask("/v1/auth/web-session", post({ email, password }))).toBe(2);
});
