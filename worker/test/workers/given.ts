import { SELF } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { type Id, type IdKind, newId } from "@roost/contract/ids";
import { type Scope, scopes } from "@roost/contract/scopes";
import { inject, vi } from "vitest";
import { newToken, SESSION_COOKIE, SESSION_MS } from "../../src/auth/session-token.ts";
import { keyText, SECRET_BYTES } from "../../src/keys/key-text.ts";
import { sha256 } from "../../src/lib/crypto.ts";
import { tenantStub } from "../../src/tenants/tenant-stub.ts";

/** Where the Worker under test believes itself to be. */
export const ORIGIN = "http://localhost:8787";

export type Call = {
  method?: string;
  body?: unknown;
  /** Sent as it is, in place of `body`. */
  text?: BodyInit;
  key?: string;
  /** The token of a session. */
  session?: string;
  origin?: string | null;
  address?: string;
  headers?: Record<string, string>;
};

/** One request to the Worker under test, as a key's app or as our own page in a browser. */
export async function call(path: string, request: Call = {}): Promise<Response> {
  const headers = new Headers({ "cf-connecting-ip": request.address ?? "192.0.2.1" });
  const body = request.text ?? (request.body === undefined ? null : JSON.stringify(request.body));
  if (body !== null) headers.set("content-type", "application/json");
  if (request.key !== undefined) headers.set("authorization", `Bearer ${request.key}`);
  if (request.session !== undefined) {
    headers.set("cookie", `other=1; ${SESSION_COOKIE}=${request.session}`);
  }
  if (request.origin !== null) headers.set("origin", request.origin ?? ORIGIN);
  for (const [name, value] of Object.entries(request.headers ?? {})) headers.set(name, value);
  const method = request.method ?? (body === null ? "GET" : "POST");
  return SELF.fetch(new Request(`${ORIGIN}${path}`, { method, headers, body }));
}

export function random(bytes: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(bytes));
}

export function freshId<K extends IdKind>(kind: K): Id<K> {
  return newId(kind, Date.now(), random(16));
}

/** An address on the net that nothing was counted for yet. */
export function freshAddress(): string {
  return `10.${random(3).join(".")}`;
}

/** A mail address that nobody has. */
export function freshEmail(): string {
  return `${crypto.randomUUID()}@example.com`;
}

/** A key of the tenant with these scopes, or with all. */
export async function givenKey(
  tenantId: Id<"tenant">,
  rights: { scopes?: readonly Scope[]; accounts?: Id<"account">[]; expiresAt?: number } = {},
): Promise<{ keyId: Id<"key">; key: string }> {
  const keyId = freshId("key");
  const key = keyText({ tenantId, keyId }, random(SECRET_BYTES));
  await tenantStub(env, tenantId).createKey({
    id: keyId,
    name: "Test",
    hash: sha256(key),
    hint: key.slice(-4),
    scopes: [...(rights.scopes ?? scopes)],
    accounts: rights.accounts ?? null,
    expiresAt: rights.expiresAt ?? null,
    createdBy: freshId("user"),
  });
  return { keyId, key };
}

/** A tenant with a verified owner, the owner's session and a key that may do everything. */
export async function givenTenant(role = "owner") {
  const tenantId = freshId("tenant");
  const userId = freshId("user");
  const email = freshEmail();
  const session = newToken(random);
  const now = Date.now();
  const insert = (sql: string, ...values: unknown[]): D1PreparedStatement =>
    env.DB.prepare(`INSERT INTO ${sql}`).bind(...values);
  await env.DB.batch([
    insert("tenants VALUES (?, 'Acme', ?)", tenantId, now),
    insert("users VALUES (?, ?, 'scrypt$14$8$5$$', ?, 0, ?)", userId, email, now, now),
    insert("members VALUES (?, ?, ?, ?)", tenantId, userId, role, now),
    insert(
      "sessions VALUES (?, ?, ?, ?, ?)",
      session.hash,
      tenantId,
      userId,
      now,
      now + SESSION_MS,
    ),
  ]);
  const { key, keyId } = await givenKey(tenantId);
  return { tenantId, userId, email, session: session.text, key, keyId };
}

/** Somebody who runs the deployment, signed in; a member of a tenant like anybody. */
export async function givenPlatformAdmin() {
  const person = await givenTenant();
  await env.DB.prepare("UPDATE users SET is_platform_admin = 1 WHERE id = ?")
    .bind(person.userId)
    .run();
  return person;
}

export type ArrivedMail = { subject: string; text: string; to: string[]; links: string[] };

/** Every mail that arrived for the address, the newest first. */
export async function mailsTo(email: string): Promise<ArrivedMail[]> {
  const answer = await fetch(`${inject("mail").url}/mails?to=${encodeURIComponent(email)}`);
  return answer.json();
}

/** Waits until this many mails arrived for the address; the newest first. */
export function arrivedMails(email: string, count = 1): Promise<ArrivedMail[]> {
  return vi.waitFor(
    async () => {
      const mails = await mailsTo(email);
      if (mails.length < count) throw new Error(`${mails.length} of ${count} mails`);
      return mails;
    },
    { timeout: 10_000, interval: 20 },
  );
}

/** The token in a mail's link. */
export function tokenIn(mail: ArrivedMail | undefined): string {
  const token = new URL(mail?.links[0] ?? "none:").searchParams.get("token");
  if (token === null) throw new Error(`No token in: ${mail?.text}`);
  return token;
}

/** The session's token that an answer sets. */
export function sessionIn(response: Response): string | undefined {
  const cookie = response.headers.get("set-cookie") ?? "";
  return new RegExp(`^${SESSION_COOKIE}=([^;]+);`).exec(cookie)?.[1];
}
