import { createExecutionContext, createScheduledController } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { givenTenant } from "../../test/workers/given.ts";
import worker from "../dev.ts";
import { UNVERIFIED_MS } from "./token-lives.ts";

async function countOf(table: string, where: string): Promise<number> {
  const row = await env.DB.prepare(`SELECT count(*) AS n FROM ${table} WHERE ${where}`).first<{
    n: number;
  }>();
  return row?.n ?? -1;
}

async function clean(): Promise<void> {
  await worker.scheduled(createScheduledController(), env, createExecutionContext());
}

test("what has expired goes, and what has not stays", async () => {
  const now = Date.now();
  const { userId, tenantId } = await givenTenant();
  const insert = (into: string, ...values: unknown[]): D1PreparedStatement =>
    env.DB.prepare(`INSERT INTO ${into}`).bind(...values);
  for (const [name, at] of [
    ["old", now - 1],
    ["live", now + 60_000],
  ] as const) {
    await env.DB.batch([
      insert("sessions VALUES (?, ?, ?, ?, ?)", name, tenantId, userId, now, at),
      insert("mail_tokens VALUES (?, ?, 'reset', NULL, ?, ?)", name, userId, now, at),
      insert("throttles VALUES (?, 1, 1, 1, 0, ?)", name, at),
      insert("known_addresses VALUES (?, ?, ?)", userId, name, at),
    ]);
  }
  await clean();
  for (const [table, column] of [
    ["sessions", "token_hash"],
    ["mail_tokens", "token_hash"],
    ["throttles", "key"],
    ["known_addresses", "address"],
  ]) {
    expect(await countOf(table ?? "", `${column} = 'old'`)).toBe(0);
    expect(await countOf(table ?? "", `${column} = 'live'`)).toBe(1);
  }
});

test("a sign-up that nobody confirmed goes after a week, with the tenant it made", async () => {
  const made = Date.now() - UNVERIFIED_MS;
  const sign = async (at: number, verifiedAt: number | null) => {
    const { userId, tenantId } = await givenTenant();
    await env.DB.prepare("UPDATE users SET verified_at = ?, created_at = ? WHERE id = ?")
      .bind(verifiedAt, at, userId)
      .run();
    return { userId, tenantId };
  };
  const abandoned = await sign(made, null);
  const fresh = await sign(made + 60_000, null);
  const confirmed = await sign(made, made + 1);
  await clean();
  expect(await countOf("tenants", `id = '${abandoned.tenantId}'`)).toBe(0);
  expect(await countOf("users", `id = '${abandoned.userId}'`)).toBe(0);
  expect(await countOf("members", `user_id = '${abandoned.userId}'`)).toBe(0);
  for (const { userId, tenantId } of [fresh, confirmed]) {
    expect(await countOf("tenants", `id = '${tenantId}'`)).toBe(1);
    expect(await countOf("users", `id = '${userId}'`)).toBe(1);
  }
});
