import type { LeasedMessage, OutcomeReport, Report } from "@roost/contract/host";
import type { Id } from "@roost/contract/ids";
import type { ReasonCode } from "@roost/contract/reasons";
import {
  byTurn,
  type Entry,
  isOfferedAnew,
  KnownMessages,
} from "../../../session-node/src/session/sending/known-messages.ts";
import { nextMove } from "../../../session-node/src/session/sending/next-move.ts";
import type { SimulatedHost } from "./host.ts";
import type { Connection } from "./whatsapp.ts";

/** A report without what the host fills in itself. */
export type Bare<R> = R extends Report ? Omit<R, "account" | "epoch"> : never;

const MAX_IN_FLIGHT = 4;
const ACK_WITHIN_MS = 15_000;
const RECONNECT_MS = 1_500;
/** What came while nobody was connected is here by then. */
const OFFLINE_QUEUE_MS = 200;

/** One account's session on a host: connects, sends what is leased, tells what became of it. */
export class SimulatedSession {
  readonly epoch: number;
  /** Outlives the session, as on a real host. */
  readonly known: KnownMessages;
  private readonly host: SimulatedHost;
  private readonly account: Id<"account">;
  private readonly number: string;
  private connection: Connection | null = null;
  private waiting: Entry[] = [];
  private sending = 0;
  private isTyping = false;
  private isOver = false;
  private isOfflineQueueThrough = false;
  /** Receipts for what another host has sent, so that it need not be sent again. */
  private readonly strayReceipts = new Set<string>();
  private pumpAt = Infinity;

  constructor(
    host: SimulatedHost,
    account: Id<"account">,
    epoch: number,
    number: string,
    known = new KnownMessages(),
  ) {
    this.host = host;
    this.account = account;
    this.epoch = epoch;
    this.number = number;
    this.known = known;
  }

  connect(isLinking: boolean): void {
    const { runtime } = this.host;
    this.tellSession("connecting", null);
    this.host.later(runtime.random.between(20, 800), () => {
      if (this.isOver) return;
      if (isLinking) {
        const link = { method: "qr", qr: null, code: null, expires_at: null, error: null } as const;
        this.report({ kind: "link", state: "linked", at: Date.now(), ...link });
        this.report({ kind: "keys", data_key: "wrapped", writes: [["creds", "ciphertext"]] });
      }
      this.open();
    });
  }

  /** Gone without a word: killed, fenced, or somebody else's by now. */
  vanish(): void {
    this.isOver = true;
    if (this.connection !== null) this.host.whatsapp.close(this.connection);
    this.connection = null;
  }

  /** The edge may have given the account to somebody else: WhatsApp is left to them. */
  letGo(): void {
    if (this.connection !== null) this.host.whatsapp.close(this.connection);
  }

  /** Given back: what is not begun is returned first. */
  end(reason: ReasonCode): void {
    this.revoke(null);
    this.tellSession("ended", reason);
    this.vanish();
  }

  take(messages: readonly LeasedMessage[]): void {
    for (const message of messages) {
      const known = this.known.get(message.id);
      if (known !== undefined && !isOfferedAnew(known, message)) {
        if (known.outcome !== null) this.tellOutcome(known);
        continue;
      }
      const entry = this.known.take(message);
      if (this.strayReceipts.has(message.wa_id)) this.settle(entry, "sent");
      else this.waiting.push(entry);
    }
    this.waiting.sort(byTurn);
    this.pump();
  }

  revoke(ids: readonly string[] | null): void {
    const back = this.waiting.filter(({ message }) => ids?.includes(message.id) ?? true);
    this.waiting = this.waiting.filter((entry) => !back.includes(entry));
    for (const entry of back) this.settle(entry, "returned");
  }

  /** Begins whatever may begin now. */
  pump(): void {
    while (!this.isOver) {
      const [entry] = this.waiting;
      const now = Date.now();
      const move = nextMove({
        now,
        head: entry?.message ?? null,
        isConnected: this.connection?.isOpen === true,
        mayWork: this.host.mayWork(),
        isPrepared: true,
        isOfflineQueueThrough: this.isOfflineQueueThrough,
        pausedUntil: 0,
        inFlight: this.sending,
        isSomebodyTyping: this.isTyping,
        maxInFlight: MAX_IN_FLIGHT,
      });
      if (entry === undefined || move.kind === "idle") return;
      if (move.kind === "wait") return this.pumpLater((move.untilMs ?? now) - now);
      this.waiting.shift();
      if (move.kind === "give_back") this.settle(entry, "returned");
      else this.begin(entry);
    }
  }

  private open(): void {
    const { whatsapp, runtime } = this.host;
    if (this.isOver) return;
    // Whoever may have lost the account must not throw its new owner out.
    if (!this.host.isBelieved()) return this.host.later(1_000, () => this.open());
    const connection = whatsapp.connect(this.account, {
      ack: (waId, isRefused) => this.host.later(0, () => this.acked(waId, isRefused)),
      receipt: (waId, phone, type) => this.host.later(0, () => this.receipt(waId, phone, type)),
      received: (waId, phone) => this.host.later(0, () => this.tellReceived(waId, phone)),
      closed: (isReplaced) =>
        this.host.later(0, () => {
          if (this.isOver || connection !== this.connection) return;
          this.connection = null;
          this.isOfflineQueueThrough = false;
          if (isReplaced) return this.end("replaced");
          this.tellSession("reconnecting", "connection_lost");
          return this.host.later(runtime.random.between(RECONNECT_MS / 3, RECONNECT_MS), () => {
            this.open();
          });
        }),
    });
    this.connection = connection;
    this.tellSession("connected", null);
    this.host.later(OFFLINE_QUEUE_MS, () => {
      if (connection !== this.connection) return;
      this.isOfflineQueueThrough = true;
      this.pump();
    });
    this.pump();
  }

  private begin(entry: Entry): void {
    entry.state = "sending";
    this.sending += 1;
    const { message } = entry;
    const typing = message.typing_ms;
    this.isTyping = typing > 0;
    this.host.later(typing, () => {
      this.isTyping = false;
      const { connection } = this;
      const mayStill = typing === 0 || this.host.mayWork();
      if (connection === null || !connection.isOpen || this.isOver || !mayStill) {
        // Begun and not written: it stays here, for the next connection.
        this.sending -= 1;
        entry.state = "waiting";
        if (!this.isOver) this.waiting.unshift(entry);
        return;
      }
      entry.state = "written";
      this.host.whatsapp.write(connection, message.wa_id, message.id, message.to.phone ?? "");
      this.host.later(ACK_WITHIN_MS, () => {
        if (entry.state === "written" && entry.outcome === null) this.settle(entry, "unconfirmed");
      });
      this.pump();
    });
  }

  /** A receipt proves that it was sent, by whomever. */
  private receipt(waId: string, phone: string, type: "delivered" | "read"): void {
    const entry = this.known.byWaId(waId);
    if (entry === undefined) this.strayReceipts.add(waId);
    else if (entry.outcome?.result !== "sent" && entry.state !== "sending") {
      this.waiting = this.waiting.filter((waiting) => waiting !== entry);
      this.settle(entry, "sent");
    }
    const peer = { phone, lid: null };
    this.report({ kind: "receipt", wa_ids: [waId], type, peer, at: Date.now() });
  }

  private acked(waId: string, isRefused: boolean): void {
    const entry = this.known.byWaId(waId);
    if (entry === undefined || entry.outcome?.result === "sent") return;
    this.settle(entry, isRefused ? "failed" : "sent");
  }

  private settle(entry: Entry, result: OutcomeReport["result"]): void {
    if (entry.state === "written" && entry.outcome === null) this.sending -= 1;
    entry.state = result === "unconfirmed" ? "written" : "done";
    const error =
      result === "failed"
        ? { code: "refused_by_whatsapp", detail: "WhatsApp refused it.", retryable: false }
        : null;
    entry.outcome = { result, error, peer: null, at: Date.now() };
    this.tellOutcome(entry);
    this.pump();
  }

  private tellOutcome({ message, outcome }: Entry): void {
    if (outcome !== null) this.report({ kind: "outcome", message: message.id, ...outcome });
  }

  private tellReceived(waId: string, phone: string): void {
    this.report({
      kind: "received",
      wa_id: waId,
      peer: { phone, lid: null },
      from_me: false,
      name: null,
      type: "text",
      text: "hello",
      quoted_wa_id: null,
      at: Date.now(),
    });
  }

  private tellSession(
    state: "connecting" | "connected" | "reconnecting" | "ended",
    reason: ReasonCode | null,
  ): void {
    const self = state === "connected" ? { phone: this.number, lid: null } : null;
    const at = Date.now();
    this.report({ kind: "session", state, reason, self, upstream_code: null, at });
  }

  private report(bare: Bare<Report>): void {
    this.host.report(this.account, this.epoch, bare);
  }

  private pumpLater(ms: number): void {
    const at = this.host.runtime.time.now + Math.max(1, ms);
    if (at >= this.pumpAt && this.pumpAt > this.host.runtime.time.now) return;
    this.pumpAt = at;
    this.host.later(Math.max(1, ms), () => {
      if (this.pumpAt === at) this.pumpAt = Infinity;
      this.pump();
    });
  }
}
