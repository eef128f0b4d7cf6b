import { Account } from "@roost/contract/accounts";
import { Event } from "@roost/contract/events";
import type { Id } from "@roost/contract/ids";
import { Message } from "@roost/contract/messages";
import { vi } from "vitest";
import type { FakeHost } from "./fake-host.ts";
import { call, givenTenant } from "./given.ts";

export type Person = { tenantId: Id<"tenant">; key: string };

export async function givenAccount({ key }: Person, name = "Support"): Promise<Account> {
  const response = await call("/v1/accounts", { key, body: { name } });
  if (response.status !== 201) throw new Error(await response.text());
  return Account.parse(await response.json());
}

/** A tenant with an account that is linked and connected on this host. */
export async function givenConnected(host: FakeHost, phone = freshPhone()) {
  const person = await givenTenant();
  const { id: account } = await givenAccount(person);
  await linkOn(host, person, account, phone);
  return { ...person, account, phone };
}

/** Links the account as a host does it: attempt, QR, keys, linked, connected. */
export async function linkOn(
  host: FakeHost,
  { key }: Pick<Person, "key">,
  account: Id<"account">,
  phone: string,
  isDone: (account: Account) => boolean = ({ state }) => state === "connected",
): Promise<void> {
  const before = host.lastEpoch(account);
  await call(`/v1/accounts/${account}/link`, { key, body: { method: "qr" } });
  await host.nextStart(account, before);
  const at = Date.now();
  const link = { kind: "link", method: "qr", code: null, error: null, at } as const;
  host.report(
    account,
    { ...link, state: "waiting_for_scan", qr: "2@text", expires_at: at + 20_000 },
    { kind: "keys", data_key: "wrapped", writes: [["creds", "ciphertext"]] },
    { ...link, state: "linked", qr: null, expires_at: null },
  );
  host.session(account, { state: "connected", self: { phone, lid: `9${phone}` } });
  await until(key, account, isDone);
}

export async function until(
  key: string,
  account: Id<"account">,
  is: (account: Account) => boolean,
): Promise<Account> {
  return vi.waitFor(
    async () => {
      const found = Account.parse(await (await call(`/v1/accounts/${account}`, { key })).json());
      if (!is(found)) throw new Error(`${found.state} ${found.reason?.code ?? ""}`);
      return found;
    },
    { timeout: 8_000, interval: 10 },
  );
}

/** Sends a text and answers the accepted message. */
export async function send(
  { key, account }: { key: string; account?: Id<"account"> },
  facts: object = {},
  idempotencyKey?: string,
): Promise<Message> {
  const response = await call("/v1/messages", {
    key,
    body: { account, to: "+5511999990000", text: { body: "hello" }, pace: "asap", ...facts },
    ...(idempotencyKey === undefined ? {} : { headers: { "idempotency-key": idempotencyKey } }),
  });
  if (response.status !== 202) throw new Error(`${response.status} ${await response.text()}`);
  return Message.parse(await response.json());
}

export async function readMessage(key: string, id: Message["id"]): Promise<Message> {
  return Message.parse(await (await call(`/v1/messages/${id}`, { key })).json());
}

/** The message once it is in this state. */
export function messageIn(key: string, id: Message["id"], state: Message["state"]) {
  return vi.waitFor(
    async () => {
      const message = await readMessage(key, id);
      if (message.state !== state) throw new Error(`${message.state}, not ${state}`);
      return message;
    },
    { timeout: 8_000, interval: 10 },
  );
}

/** The account's whole journal, page by page. */
export async function journalOf(key: string, account: Id<"account">): Promise<Event[]> {
  const all: Event[] = [];
  for (;;) {
    const after = all.at(-1)?.seq ?? 0;
    const path = `/v1/events?account=${account}&after=${after}&limit=100`;
    const { data } = await (await call(path, { key })).json<{ data: unknown[] }>();
    if (data.length === 0) return all;
    all.push(...data.map((event) => Event.parse(event)));
  }
}

/** A number that no other test uses. */
export function freshPhone(): string {
  const [a = 0, b = 0] = crypto.getRandomValues(new Uint32Array(2));
  return `49${String((a % 90_000) + 10_000)}${String((b % 90_000) + 10_000)}`;
}
