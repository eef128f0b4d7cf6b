import type { MissingStanza } from "@roost/contract/host";
import { growingPause } from "../timings.ts";

/** The phone forgets what is older, and so does WhatsApp. */
export const OLDEST_MS = 14 * 24 * 60 * 60_000;
/** So often the phone is asked before a person is shown that something came. */
const ASKS_BEFORE_SHOWN = 4;
const ASK_AT_ONCE = 50;

export type MissingDeps = {
  /** Asks our own phone; what comes of it, if anything, comes as a message. */
  ask: (stanzas: readonly MissingStanza[]) => Promise<void>;
  report: (stanza: MissingStanza, state: "unanswered" | "empty") => void;
  pause: { firstMs: number; capMs: number };
  /** After a login, what waited for us comes first; the rest may be missing no more. */
  settleMs: number;
};

type Missing = { stanza: MissingStanza; asks: number; nextAt: number };

/**
 * Stanzas of which only is known that they came. While the account is connected its phone is asked for
 * them, ever more rarely, until they are here.
 */
export class MissingMessages {
  readonly #deps: MissingDeps;
  readonly #missing = new Map<string, Missing>();
  #isConnected = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(stanzas: readonly MissingStanza[], deps: MissingDeps) {
    this.#deps = deps;
    for (const stanza of stanzas) {
      this.#missing.set(keyOf(stanza), { stanza, asks: 0, nextAt: 0 });
    }
  }

  get size(): number {
    return this.#missing.size;
  }

  /** Baileys asks by itself at once, the sender and the phone; we come after it. */
  add(stanza: MissingStanza): void {
    const key = keyOf(stanza);
    if (this.#missing.has(key)) return;
    const nextAt = Date.now() + this.#deps.pause.firstMs;
    this.#missing.set(key, { stanza, asks: 0, nextAt });
    this.#arm();
  }

  /** It is here. Answers whether it was missing. */
  found(stanza: Pick<MissingStanza, "wa_id" | "from_me">): boolean {
    return this.#missing.delete(keyOf(stanza));
  }

  connected(): void {
    this.#isConnected = true;
    const earliest = Date.now() + this.#deps.settleMs;
    for (const missing of this.#missing.values()) {
      missing.nextAt = Math.max(missing.nextAt, earliest);
    }
    this.#arm();
  }

  disconnected(): void {
    this.#isConnected = false;
    clearTimeout(this.#timer);
  }

  #arm(atLeastMs = 0): void {
    clearTimeout(this.#timer);
    if (!this.#isConnected || this.#missing.size === 0) return;
    const next = Math.min(...Array.from(this.#missing.values(), ({ nextAt }) => nextAt));
    const waitMs = Math.min(Math.max(atLeastMs, next - Date.now()), 2 ** 31 - 1);
    this.#timer = setTimeout(() => void this.#askDue(), waitMs);
    this.#timer.unref();
  }

  async #askDue(): Promise<void> {
    const now = Date.now();
    const isDue = ({ nextAt }: Missing): boolean => nextAt <= now;
    const due = [...this.#missing.values()].filter(isDue).slice(0, ASK_AT_ONCE);
    for (const missing of due) {
      if (missing.asks === ASKS_BEFORE_SHOWN) this.#deps.report(missing.stanza, "unanswered");
      missing.asks += 1;
      missing.nextAt = now + growingPause(missing.asks, this.#deps.pause, Math.random());
      if (now - missing.stanza.at > OLDEST_MS) this.#giveUp(missing.stanza);
    }
    this.#arm(this.#deps.settleMs);
    try {
      await this.#deps.ask(due.map(({ stanza }) => stanza));
    } catch {
      // The connection is going; the next one asks again.
    }
  }

  /** Nobody has it any more. That something came is shown, and nothing more is asked. */
  #giveUp(stanza: MissingStanza): void {
    this.#missing.delete(keyOf(stanza));
    this.#deps.report(stanza, "unanswered");
    this.#deps.report(stanza, "empty");
  }
}

function keyOf({ wa_id: waId, from_me: fromMe }: Pick<MissingStanza, "wa_id" | "from_me">): string {
  return `${fromMe}:${waId}`;
}
