import { setTimeout as delay } from "node:timers/promises";
import type { LeasedMessage, Peer } from "@roost/contract/host";
import { type AnyMessageContent, jidNormalizedUser, type WASocket } from "@whiskeysockets/baileys";
import { jidOf, peerOf } from "../addresses.ts";
import type { DeviceCaches } from "../device-caches.ts";
import { type NumberBook, normalisedMatches } from "./number-book.ts";

/** A device list must outlive the send that was prepared with it. */
const FRESH_FOR_MS = 60_000;

/** `written`: the stanza left. `kept`: it certainly did not. `doubtful`: nobody can say. */
export type Sent =
  | { kind: "written" }
  | { kind: "kept"; cause: "disconnected" | "rate_limited" | "not_encrypted" }
  | { kind: "doubtful" };

/** Sends over one connection. */
export class Sender {
  readonly #socket: WASocket;
  readonly #caches: DeviceCaches;
  readonly #numbers: NumberBook;
  readonly #closing = new AbortController();

  constructor(socket: WASocket, caches: DeviceCaches, numbers: NumberBook) {
    this.#socket = socket;
    this.#caches = caches;
    this.#numbers = numbers;
  }

  /**
   * Looks up numbers and devices of several recipients at once, as far as they are not known. Baileys
   * would do the second part itself, but when WhatsApp does not answer it sends a message to nobody.
   */
  async prepare(recipients: readonly Peer[]): Promise<void> {
    await this.#lookUpNumbers(recipients);
    const peers = recipients.flatMap((recipient) => this.recipientOf(recipient) ?? []);
    await this.#lookUpDevices(peers);
    await this.#learnLids(peers);
  }

  /** Whether it is known who the recipient is and how to reach them, or that they are not there. */
  isPrepared(recipient: Peer): boolean {
    const known = this.recipientOf(recipient);
    return known === null || (known !== undefined && this.#hasDevices(known));
  }

  /** Under which address the recipient is on WhatsApp; null if not at all, undefined if not known. */
  recipientOf(recipient: Peer): Peer | null | undefined {
    if (recipient.phone === null) return recipient;
    const found = this.#numbers.find(recipient.phone);
    if (typeof found !== "string") return found;
    return { phone: found, lid: recipient.lid ?? this.#numbers.lidOf(found) };
  }

  /** The connection is gone: nobody types on it any more, and nothing that was not written leaves. */
  close(): void {
    this.#closing.abort();
  }

  /** Shows "typing ..." to the recipient for a while. Nobody's message fails because of it. */
  async type(to: Peer, forMs: number): Promise<void> {
    const jid = jidOf(to);
    try {
      await this.#socket.sendPresenceUpdate("composing", jid);
      await delay(forMs, undefined, { signal: this.#closing.signal });
      await this.#socket.sendPresenceUpdate("paused", jid);
    } catch {
      // The send that follows finds out what is wrong with the connection.
    }
  }

  /** Resolves when the stanza is written or is known not to be; what becomes of it the ack says. */
  async send(message: LeasedMessage, to: Peer): Promise<Sent> {
    if (this.#closing.signal.aborted) return { kind: "kept", cause: "disconnected" };
    const jid = jidOf(to);
    const { quoted } = message;
    try {
      await this.#socket.sendMessage(jid, contentFor(message, jid), {
        messageId: message.wa_id,
        ...(quoted && {
          quoted: {
            key: { remoteJid: jid, id: quoted.wa_id, fromMe: quoted.from_me },
            message: { conversation: quoted.text },
          },
        }),
      });
      return { kind: "written" };
    } catch (error) {
      return classify(error);
    }
  }

  async #lookUpNumbers(recipients: readonly Peer[]): Promise<void> {
    const phones = new Set(recipients.flatMap(({ phone }) => phone ?? []));
    const asked = [...phones].filter((phone) => this.#numbers.find(phone) === undefined);
    if (asked.length > 0) await this.#ask(asked);
    // Where several answers came under other numbers than asked for, one question each settles it.
    const open = asked.filter((phone) => this.#numbers.find(phone) === undefined);
    if (asked.length > 1) for (const phone of open) await this.#ask([phone]);
  }

  async #ask(phones: readonly string[]): Promise<void> {
    const answer = await this.#socket.onWhatsApp(...phones);
    if (!answer) return;
    const existing = answer.flatMap(({ jid, exists }) =>
      exists ? (peerOf(jidNormalizedUser(jid))?.phone ?? []) : [],
    );
    for (const [phone, found] of normalisedMatches(phones, existing)) {
      this.#numbers.note(phone, found);
    }
  }

  async #lookUpDevices(peers: readonly Peer[]): Promise<void> {
    const missing = peers.filter((peer) => !this.#hasDevices(peer));
    if (missing.length === 0) return;
    const users = new Set([this.#own(missing[0]), ...missing.map(jidOf)].filter(isText));
    for (const jid of users) this.#dropStale(jid);
    await this.#socket.getUSyncDevices([...users], true, false);
  }

  /** The answer about devices named the LIDs as well; Baileys keeps them. */
  async #learnLids(peers: readonly Peer[]): Promise<void> {
    const jids = peers.flatMap((peer) => (peer.lid === null ? [jidOf(peer)] : []));
    const pairs = await this.#socket.signalRepository.lidMapping.getLIDsForPNs(jids);
    for (const { pn, lid } of pairs ?? []) {
      const peer = peerOf(jidNormalizedUser(pn), jidNormalizedUser(lid));
      if (peer?.phone && peer.lid) this.#numbers.noteLid(peer.phone, peer.lid);
    }
  }

  /** Devices of the recipient, and of our own phone, which gets a copy of everything. */
  #hasDevices(peer: Peer): boolean {
    const own = this.#own(peer);
    return [jidOf(peer), own].every((jid) => jid === null || this.#isFresh(jid));
  }

  #own(peer: Peer | undefined): string | null {
    const me = this.#socket.user;
    const jid = peer?.phone === null ? (me?.lid ?? me?.id) : me?.id;
    return jid ? jidNormalizedUser(jid) : null;
  }

  #isFresh(jid: string): boolean {
    return this.#caches.devices.holds(userOf(jid), FRESH_FOR_MS);
  }

  #dropStale(jid: string): void {
    if (!this.#isFresh(jid)) this.#caches.devices.del(userOf(jid));
  }
}

/** What Baileys is given to send. */
function contentFor({ type, text, target }: LeasedMessage, jid: string): AnyMessageContent {
  // Without this a link would be fetched from here to draw its preview.
  const written = { text, linkPreview: null };
  if (type === "text" || !target) return written;
  const key = { remoteJid: jid, id: target.wa_id, fromMe: true };
  return type === "edit" ? { ...written, edit: key } : { delete: key };
}

function userOf(jid: string): string {
  return jid.slice(0, jid.indexOf("@"));
}

function isText(value: string | null): value is string {
  return value !== null;
}

/** What can be said about a send that threw. Baileys rejects with the bare number 1006 when the socket dies. */
function classify(error: unknown): Sent {
  if (typeof error === "number") return { kind: "kept", cause: "disconnected" };
  const { message, data, output } = error as {
    message?: string;
    data?: unknown;
    output?: { statusCode?: number };
  };
  if (output?.statusCode === 428) return { kind: "kept", cause: "disconnected" };
  if (data === 429) return { kind: "kept", cause: "rate_limited" };
  if (message === "All encryptions failed") return { kind: "kept", cause: "not_encrypted" };
  return { kind: "doubtful" };
}
