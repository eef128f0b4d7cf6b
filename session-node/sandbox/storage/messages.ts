import type { Addressing } from "../network/addresses.ts";
import type { Store } from "./store.ts";

export type MessageStatus = "sent" | "delivered" | "read" | "received";

/** A message as the phone's owner sees it. */
export type PhoneMessage = {
  from: string;
  to: string;
  wa_id: string;
  type: string;
  text: string | null;
  details: Record<string, unknown> | null;
  direction: "in" | "out";
  /** The sender's device that wrote it; 0 is the phone itself. */
  device: number;
  addressing: Addressing;
  status: MessageStatus;
  hash: string;
  at: string;
};

export type NewMessage = Omit<PhoneMessage, "at"> & { at: number; content: Uint8Array };

type Row = {
  from: string;
  to: string;
  wa_id: string;
  type: string;
  text: string | null;
  details: string | null;
  direction: "in" | "out";
  device: number;
  addressing: Addressing;
  status: MessageStatus;
  hash: string;
  at: number;
};

const COLUMNS = `sender AS "from", recipient AS "to", wa_id, type, text, details, direction, device,
  addressing, status, hash, at`;

/** Keeps a message at a phone; false when the phone already has it. */
export function keepMessage(store: Store, number: string, message: NewMessage): boolean {
  return (
    store.run(
      `INSERT OR IGNORE INTO messages (number, sender, device, recipient, wa_id, direction,
         addressing, type, text, details, content, hash, status, at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      number,
      message.from,
      message.device,
      message.to,
      message.wa_id,
      message.direction,
      message.addressing,
      message.type,
      message.text,
      message.details && JSON.stringify(message.details),
      message.content,
      message.hash,
      message.status,
      message.at,
    ) === 1
  );
}

/** Shows another text in a message of this sender, or that it is gone; false when there is none. */
export function changeMessage(
  store: Store,
  number: string,
  { waId, sender }: { waId: string; sender: string },
  shown: { type: string; text: string | null; details: Record<string, unknown> },
): boolean {
  return (
    store.run(
      `UPDATE messages SET type = ?, text = ?, details = json_patch(coalesce(details, '{}'), ?)
       WHERE number = ? AND wa_id = ? AND sender = ? AND type NOT IN ('revoked', 'edit', 'revoke')`,
      shown.type,
      shown.text,
      JSON.stringify(shown.details),
      number,
      waId,
      sender,
    ) > 0
  );
}

/** A phone's messages in the order they came. */
export function messagesAt(store: Store, number: string, limit: number): PhoneMessage[] {
  return store
    .all<Row>(
      `SELECT ${COLUMNS} FROM messages WHERE number = ? ORDER BY n DESC LIMIT ?`,
      number,
      limit,
    )
    .toReversed()
    .map(phoneMessage);
}

/** Every phone that has a message. Leaps through the index: there may be many messages per phone. */
export function numbersWithMessages(store: Store): string[] {
  const rows = store.all<{ number: string }>(
    `WITH RECURSIVE leap(number) AS (
       SELECT min(number) FROM messages
       UNION ALL
       SELECT (SELECT min(number) FROM messages WHERE number > leap.number) FROM leap
       WHERE leap.number IS NOT NULL)
     SELECT number FROM leap WHERE number IS NOT NULL`,
  );
  return rows.map(({ number }) => number);
}

/** The message of this id at this phone, from whomever. */
export function findMessage(store: Store, number: string, waId: string): PhoneMessage | undefined {
  const row = store.one<Row>(
    `SELECT ${COLUMNS} FROM messages WHERE number = ? AND wa_id = ?`,
    number,
    waId,
  );
  return row && phoneMessage(row);
}

/** The encoded content of a message this phone has, whoever wrote it. */
export function keptContent(store: Store, number: string, waId: string): Buffer | undefined {
  const row = store.one<{ content: Uint8Array }>(
    "SELECT content FROM messages WHERE number = ? AND wa_id = ?",
    number,
    waId,
  );
  return row && Buffer.from(row.content);
}

/** The encoded content of a message this phone sent, to send it again. */
export function sentContent(store: Store, number: string, waId: string): Buffer | undefined {
  const row = store.one<{ content: Uint8Array }>(
    "SELECT content FROM messages WHERE number = ? AND wa_id = ? AND sender = number AND device = 0",
    number,
    waId,
  );
  return row && Buffer.from(row.content);
}

/** Moves a status forward, never back; false when nothing changed. */
export function raiseStatus(
  store: Store,
  number: string,
  waId: string,
  status: "delivered" | "read",
): boolean {
  const below = status === "read" ? ["sent", "delivered", "received"] : ["sent", "sent", "sent"];
  return (
    store.run(
      "UPDATE messages SET status = ? WHERE number = ? AND wa_id = ? AND status IN (?, ?, ?)",
      status,
      number,
      waId,
      ...below,
    ) > 0
  );
}

/** True when these two have written to each other before. */
export function hasChat(store: Store, number: string, other: string): boolean {
  const row = store.one<{ found: number }>(
    "SELECT 1 AS found FROM messages WHERE number = ?1 AND (sender = ?2 OR recipient = ?2) LIMIT 1",
    number,
    other,
  );
  return row !== undefined;
}

function phoneMessage({ at, details, ...row }: Row): PhoneMessage {
  return {
    ...row,
    details: details === null ? null : (JSON.parse(details) as Record<string, unknown>),
    at: new Date(at).toISOString(),
  };
}
