import type { LinkReport, Peer, Report, SessionReport } from "@roost/contract/host";
import type { Id } from "@roost/contract/ids";
import type { ReasonCode } from "@roost/contract/reasons";
import type { Log } from "../log.ts";
import type { Received } from "../whatsapp/translate-message.ts";
import type { Receipt } from "../whatsapp/translate-receipt.ts";
import { BoundedSet } from "./bounded-set.ts";
import type { Entry, Outcome } from "./known-messages.ts";

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
  #self: Peer | null = null;

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

  ended(reason: ReasonCode | null, upstreamCode: number | null): void {
    this.state("ended", reason, upstreamCode);
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
  ): void {
    this.#deps.report({
      kind: "session",
      ...this.of,
      state,
      reason,
      self: this.#self,
      upstream_code: upstreamCode,
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

  /** Reports what is new in a receipt and returns the ids it is new for. */
  receipt({ waIds, type, peer, at }: Receipt): string[] {
    const news = waIds.filter((waId) => this.#receipts.add(`${type}:${waId}`));
    if (news.length > 0) {
      this.#deps.report({ kind: "receipt", ...this.of, wa_ids: news, type, peer, at });
    }
    return news;
  }

  received(received: Received): void {
    this.#deps.report({
      kind: "received",
      ...this.of,
      wa_id: received.waId,
      peer: received.peer,
      from_me: received.fromMe,
      name: received.name,
      type: received.type,
      text: received.text,
      quoted_wa_id: received.quotedWaId,
      at: received.at,
    });
  }
}
