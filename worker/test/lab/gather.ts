import { globSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { listOf } from "@roost/contract/lists";
import { Message } from "@roost/contract/messages";
import { contactNumber } from "./contacts.ts";
import { acceptedMessages, type DirectoryRow, type Evidence, type LabAccount } from "./evidence.ts";
import { personOf, type LabWorld } from "./world.ts";

const Messages = listOf(Message);

/** What the parts say now, when nothing is struck any more. */
export type AtRest = Pick<
  Evidence,
  "ledger" | "phones" | "delivered" | "journals" | "messages" | "owners" | "directory"
>;

/** Reads everything from outside: the API, the network's ledger, the phones, and the file of D1. */
export async function gather(
  world: LabWorld,
  sendings: Evidence["sendings"],
  contacts: number,
): Promise<AtRest> {
  const journals: Evidence["journals"] = new Map();
  const owners: Evidence["owners"] = new Map();
  const messages: Evidence["messages"] = new Map();
  for (const account of world.accounts) {
    const api = personOf(world, account.tenant);
    journals.set(account.id, await api.events(account.id));
    owners.set(account.id, await ownerRow(world, account));
    for (const message of await listMessages(world, account)) messages.set(message.id, message);
  }
  // What the list leaves out is asked for by its id, as whoever sent it would.
  for (const [id, { sending }] of acceptedMessages(sendings)) {
    if (messages.has(id)) continue;
    const response = await personOf(world, sending.tenant).raw(`/v1/messages/${id}`);
    messages.set(id, response.ok ? Message.parse(await response.json()) : null);
  }
  const delivered: Evidence["delivered"] = new Map();
  for (const { id, number } of world.accounts) {
    delivered.set(id, new Set(await world.phones.delivered(number)));
  }
  const phones: Evidence["phones"] = new Map();
  for (let contact = 0; contact < contacts; contact++) {
    const number = contactNumber(contact);
    phones.set(number, await world.phones.messages(number));
  }
  return {
    ledger: await world.phones.ledger(),
    phones,
    delivered,
    journals,
    messages,
    owners,
    directory: readDirectory(world),
  };
}

async function listMessages(world: LabWorld, { id, tenant }: LabAccount): Promise<Message[]> {
  const api = personOf(world, tenant);
  const all: Message[] = [];
  let cursor = "";
  for (;;) {
    const path = `/v1/messages?account=${id}&direction=outbound&limit=100${cursor}`;
    const page = await api.call(Messages, path);
    all.push(...page.data);
    if (page.next_cursor === null) return all;
    cursor = `&cursor=${encodeURIComponent(page.next_cursor)}`;
  }
}

async function ownerRow(world: LabWorld, { id, tenant }: LabAccount): Promise<DirectoryRow> {
  const account = await personOf(world, tenant).account(id);
  return {
    name: account.name,
    state: account.state,
    reason: account.reason?.code ?? null,
    phone: account.phone?.replace("+", "") ?? null,
    health: account.health,
    queueState: account.queue_state,
  };
}

/** The directory as it lies in D1, without asking the Worker. */
function readDirectory({ directory, accounts }: LabWorld): Evidence["directory"] {
  const rows: Evidence["directory"] = new Map();
  for (const file of globSync(`${directory}/edge/v3/d1/**/*.sqlite`)) {
    using database = new DatabaseSync(file, { readOnly: true });
    if (
      database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'accounts'").get() === undefined
    ) {
      continue;
    }
    const ids = new Set(accounts.map(({ id }) => id));
    for (const row of database.prepare("SELECT * FROM accounts").all()) {
      const id = String(row["id"]);
      if (!ids.has(id)) continue;
      rows.set(id, {
        name: String(row["name"]),
        state: String(row["state"]),
        reason: row["reason"] === null ? null : String(row["reason"]),
        phone: row["phone"] === null ? null : String(row["phone"]),
        health: Number(row["health"]),
        queueState: String(row["queue_state"]),
      });
    }
  }
  return rows;
}
