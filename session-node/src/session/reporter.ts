import type {
  LinkReport,
  MissingStanza,
  Peer,
  Report,
  SessionReport,
  StanzaReport,
} from "@roost/contract/host";
import type { Id } from "@roost/contract/ids";
import type { ReasonCode } from "@roost/contract/reasons";
import type { Log } from "../log.ts";
import type { Told } from "../whatsapp/inbound/intake.ts";
import type { Standing } from "../whatsapp/standing-watch.ts";
import type { Receipt } from "../whatsapp/inbound/translate-receipt.ts";
import { BoundedSet } from "./bounded-set.ts";
import type { Entry, Outcome } from "./sending/known-messages.ts";

/** Every device of a person sends its own receipt; only the first of a kind is news. */
const MAX_RECEIPTS = 1_024;

export type ReporterDeps = {
  report: (report: Report, onDurable?: () => void) => void;
  log: Log;
};

/** Says in the contract's words, and in the log, what happens to one account. */
export class Reporter {
  readonly of: { account: Id<"account">; epoch: number };
  readonly #deps: ReporterDeps;
  readonly #receipts = new BoundedSet(MAX_RECEIPTS);
  /** Settles with the last of the reports about receipts; those before it are durable by then. */
  #receiptsDurable: Promise<void> = Promise.resolve();
  #self: Peer | null = null;
  #standing: Standing = { timeLock: null, newChatCap: null };
  #phoneToldAt = Number.NEGATIVE_INFINITY;

  constructor(of: { account: Id<"account">; epoch: number }, deps: ReporterDeps) {
    this.of = of;
    this.#deps = deps;
  }

  /** `self` is our own number, once it is known. */
  connected(self: Peer | null, afterMs: number): void {
    this.#self = self;
    this.#deps.log({ event: "session.connected", ...this.of, after_ms: afterMs });
    this.state("connected", null, null);
  }

  interrupted(reason: ReasonCode, upstreamCode: number | null, retryInMs: number): void {
    this.#deps.log({
      event: "session.interrupted",
      ...this.of,
      reason,
      upstream_code: upstreamCode,
      retry_in_ms: retryInMs,
    });
  }

  ended(reason: ReasonCode | null, upstreamCode: number | null, until: number | null = null): void {
    this.state("ended", reason, upstreamCode, until);
    this.#deps.log({
      event: "session.ended",
      ...this.of,
      reason,
      upstream_code: upstreamCode,
    });
  }

  state(
    state: SessionReport["state"],
    reason: ReasonCode | null,
    upstreamCode: number | null,
    until: number | null = null,
  ): void {
    this.#deps.report({
      kind: "session",
      ...this.of,
      state,
      reason,
      self: this.#self,
      upstream_code: upstreamCode,
      ...(until === null ? {} : { until }),
      at: Date.now(),
    });
  }

  link(
    state: LinkReport["state"],
    method: LinkReport["method"],
    shown: Partial<Pick<LinkReport, "qr" | "code" | "expires_at" | "error">> = {},
  ): void {
    this.#deps.report({
      kind: "link",
      ...this.of,
      state,
      method,
      qr: null,
      code: null,
      expires_at: null,
      error: null,
      ...shown,
      at: Date.now(),
    });
    this.#deps.log({ event: "link.updated", ...this.of, state, reason: shown.error ?? null });
  }

  outcome({ message, begunAt }: Entry, outcome: Outcome): void {
    this.#deps.report({ kind: "outcome", ...this.of, message: message.id, ...outcome });
    this.#deps.log({
      event: "message.attempted",
      ...this.of,
      message: message.id,
      attempt: message.attempt,
      result: outcome.result,
      code: outcome.error?.code ?? null,
      duration_ms: begunAt === 0 ? 0 : outcome.at - begunAt,
    });
  }

  /** Reports what is new in a receipt; answers the ids it is new for, and when it is durable. */
  receipt({ waIds, type, peer, at }: Receipt): { news: string[]; durable: Promise<void> } {
    const news = waIds.filter((waId) => this.#receipts.add(`${type}:${waId}`));
    if (news.length > 0) {
      const report: Report = { kind: "receipt", ...this.of, wa_ids: news, type, peer, at };
      this.#receiptsDurable = this.#durably(report);
    }
    return { news, durable: this.#receiptsDurable };
  }

  /** Reports what came in. Resolves when it is durable at the edge. */
  told(told: Told, stanza: MissingStanza): Promise<void> {
    if (told.kind === "empty") return this.stanza(stanza, "empty");
    const { peer, fromMe, at, waId } = told;
    const common = { ...this.of, peer, from_me: fromMe, at, wa_id: waId };
    switch (told.kind) {
      case "received": {
        const { name, type, text, quotedWaId: quoted_wa_id } = told;
        return this.#durably({ kind: "received", ...common, name, type, text, quoted_wa_id });
      }
      case "edited": {
        const { text, stanzaId: stanza_id } = told;
        return this.#durably({ kind: "edited", ...common, stanza_id, text });
      }
      case "revoked":
        return this.#durably({ kind: "revoked", ...common, stanza_id: told.stanzaId });
      case "reaction": {
        const { emoji, toOurs: to_ours, stanzaId: stanza_id } = told;
        return this.#durably({ kind: "reaction", ...common, stanza_id, to_ours, emoji });
      }
    }
  }

  /** Reports of a stanza what is known without its content. Resolves when that is durable. */
  stanza({ wa_id, jid, peer, from_me, at }: MissingStanza, state: StanzaReport["state"]) {
    return this.#durably({ kind: "stanza", ...this.of, wa_id, jid, peer, from_me, at, state });
  }

  #durably(report: Report): Promise<void> {
    return new Promise((resolve) => this.#deps.report(report, resolve));
  }

  /** WhatsApp's word on the number, when it is another than before. */
  standing({ timeLock, newChatCap }: Standing): void {
    const isLockNews = timeLock !== null && !isSame(timeLock, this.#standing.timeLock);
    const isCapNews = newChatCap !== null && !isSame(newChatCap, this.#standing.newChatCap);
    if (!isLockNews && !isCapNews) return;
    this.#standing = {
      timeLock: timeLock ?? this.#standing.timeLock,
      newChatCap: newChatCap ?? this.#standing.newChatCap,
    };
    this.#deps.report({
      kind: "standing",
      ...this.of,
      time_lock: timeLock,
      new_chat_cap: newChatCap,
      at: Date.now(),
    });
    this.#deps.log({
      event: "session.standing",
      ...this.of,
      is_locked: this.#standing.timeLock?.is_active ?? null,
      cap: this.#standing.newChatCap?.status ?? null,
    });
  }

  /** The account's own phone is there; told once in a while. */
  phoneSeen(at: number, everyMs: number): void {
    if (at - this.#phoneToldAt < everyMs) return;
    this.#phoneToldAt = at;
    this.#deps.report({ kind: "phone_seen", ...this.of, at });
  }
}

function isSame(a: object, b: object | null): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
