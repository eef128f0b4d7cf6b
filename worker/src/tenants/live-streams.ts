import { type Outcome, refuse } from "@roost/contract/errors";
import type { Event } from "@roost/contract/events";
import type { Id } from "@roost/contract/ids";
import type { Principal } from "../context.ts";
import { describeError, log } from "../log.ts";
import { Listener } from "./listener.ts";

/** Streams a tenant may have open at once. */
export const MAX_STREAMS = 100;
export const BEAT_MS = 15_000;
/**
 * How far ahead accounts are asked to publish. Renewed rarely, as an account stores it; when nobody
 * listens any more, the answer to its next publication says so.
 */
export const WATCH_MS = 40 * BEAT_MS;
const RENEW_EVERY_BEATS = 20;
/** After this a stream ends and the browser opens another, which checks its credential again. */
export const MAX_LIFE_MS = 15 * 60 * 1000;

export type StreamRequest = {
  actor: Principal["actor"];
  /** The one account asked for, or null for all. */
  account: Id<"account"> | null;
  /** What the credential is bound to. */
  within: Id<"account">[] | null;
  /** The last event that the listener has of the one account. */
  after: number | null;
};

export type LiveDeps = {
  accounts: () => Id<"account">[];
  watch: (account: Id<"account">, untilMs: number) => Promise<void>;
  journalAfter: (account: Id<"account">, seq: number) => Promise<Event[]>;
};

type Open = { listener: Listener; request: StreamRequest; endsAt: number };

/** A tenant's open streams. Accounts publish only while somebody listens. */
export class LiveStreams {
  private readonly deps: LiveDeps;
  private readonly open = new Set<Open>();
  /** Those whose accounts are just being asked. */
  private readonly coming = new Set<StreamRequest>();
  private timer: ReturnType<typeof setInterval> | null = null;
  private beats = 0;

  constructor(deps: LiveDeps) {
    this.deps = deps;
  }

  async listen(request: StreamRequest): Promise<Outcome<ReadableStream<Uint8Array>>> {
    const { account, after } = request;
    if (account !== null && !this.visible(request).includes(account)) {
      return refuse("not_found", "There is no such account, or it is not yours.");
    }
    if (this.open.size >= MAX_STREAMS) {
      const { refusal } = refuse("rate_limited", `${MAX_STREAMS} streams are open already.`);
      return { ok: false, refusal: { ...refusal, retryAfterSeconds: 30 } };
    }
    // Asked before the journal is read: what happens in between is heard twice, never missed.
    this.coming.add(request);
    try {
      await this.watch(account === null ? this.visible(request) : [account]);
    } finally {
      this.coming.delete(request);
    }
    const entry: Open = {
      request,
      endsAt: Date.now() + MAX_LIFE_MS,
      listener: new Listener(after, {
        journalAfter: account === null ? null : (seq) => this.deps.journalAfter(account, seq),
        onEnd: () => this.forget(entry),
      }),
    };
    this.open.add(entry);
    this.timer ??= setInterval(() => this.beat(), BEAT_MS);
    return { ok: true, value: entry.listener.stream };
  }

  publish(events: readonly Event[]): void {
    for (const event of events) {
      for (const { listener, request } of this.open) {
        if (hears(request, event.account)) listener.offer(event);
      }
    }
  }

  /** Until when an account must publish, since somebody hears it or is about to; else 0. */
  watchedUntil(account: Id<"account">): number {
    const requests = [...this.coming, ...[...this.open].map(({ request }) => request)];
    const isHeard = requests.some((request) => hears(request, account));
    return isHeard ? Date.now() + WATCH_MS : 0;
  }

  /** Ends what a person or a key has open, since their credential ended. */
  endOf(actor: Principal["actor"]): void {
    for (const { listener, request } of this.open) {
      if (request.actor === actor) listener.end();
    }
  }

  private beat(): void {
    const now = Date.now();
    for (const { listener, endsAt } of this.open) {
      if (endsAt <= now) listener.end();
      else listener.beat();
    }
    this.beats += 1;
    if (this.beats % RENEW_EVERY_BEATS === 0) void this.watch(this.watched());
  }

  private watched(): Id<"account">[] {
    const requests = [...this.open].map(({ request }) => request);
    return this.deps
      .accounts()
      .filter((account) => requests.some((request) => hears(request, account)));
  }

  private async watch(accounts: readonly Id<"account">[]): Promise<void> {
    const until = Date.now() + WATCH_MS;
    await Promise.all(
      accounts.map((account) =>
        this.deps.watch(account, until).catch((error: unknown) => {
          log({ event: "stream.watch_failed", account, error: describeError(error) });
        }),
      ),
    );
  }

  private visible({ within }: StreamRequest): Id<"account">[] {
    return this.deps.accounts().filter((account) => within === null || within.includes(account));
  }

  private forget(entry: Open): void {
    this.open.delete(entry);
    if (this.open.size > 0 || this.timer === null) return;
    // Nobody listens: without the timer the object may sleep, and watches run out by themselves.
    clearInterval(this.timer);
    this.timer = null;
  }
}

function hears({ account, within }: StreamRequest, of: Id<"account">): boolean {
  return account === null ? within === null || within.includes(of) : account === of;
}
