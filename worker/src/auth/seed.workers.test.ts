import { env } from "cloudflare:workers";
import { createExecutionContext } from "cloudflare:test";
import { expect, test } from "vitest";
import { call, freshAddress, freshEmail, ORIGIN, sessionIn } from "../../test/workers/given.ts";
import { app } from "../app.ts";
import type { SeededPerson } from "./seed-person.ts";

const password = "the sandbox's password";

function seed(body: object, secret: string = env.HOST_SECRET): Promise<Response> {
  return call("/v1/sandbox/seed", { body, headers: { authorization: `Bearer ${secret}` } });
}

test("seeding makes a verified owner with a key, once, and a fresh key each time", async () => {
  const person = { email: freshEmail(), password, organisation: "Sandbox", with_key: true };
  const first = await (await seed(person)).json<SeededPerson>();
  const again = await (await seed(person)).json<SeededPerson>();
  expect(again).toMatchObject({ tenant: first.tenant, user: first.user });
  expect(again.api_key).not.toBe(first.api_key);
  for (const { api_key } of [first, again]) {
    expect((await call("/v1/keys", { key: api_key ?? "" })).status).toBe(200);
  }
  const login = await call("/v1/auth/web-session", {
    body: { email: person.email, password },
    address: freshAddress(),
  });
  expect(await login.json()).toMatchObject({ role: "owner", is_platform_admin: false });
  expect(sessionIn(login)).toBeDefined();
});

test("seeding can make a platform admin without a key", async () => {
  const email = freshEmail();
  const admin = { email, password, organisation: "Roost", is_platform_admin: true };
  expect(await (await seed(admin)).json()).toMatchObject({ api_key: null });
  const login = await call("/v1/auth/web-session", { body: { email, password } });
  expect(await login.json()).toMatchObject({ is_platform_admin: true });
});

test("seeding needs the fleet's secret", async () => {
  const person = { email: freshEmail(), password, organisation: "Sandbox" };
  expect((await seed(person, "another secret")).status).toBe(401);
  expect((await call("/v1/sandbox/seed", { body: person })).status).toBe(401);
});

test("in production there is no seeding, whoever asks", async () => {
  const production = { ...env, MODE: "production" };
  const request = new Request(`${ORIGIN}/v1/sandbox/seed`, {
    method: "POST",
    headers: { authorization: `Bearer ${env.HOST_SECRET}`, "content-type": "application/json" },
    body: JSON.stringify({ email: freshEmail(), password, organisation: "Sandbox" }),
  });
  const answer = await app.fetch(request, production, createExecutionContext());
  expect(answer.status).toBe(404);
});
