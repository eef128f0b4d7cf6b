import type { Event } from "@roost/contract/events";
import type { Id } from "@roost/contract/ids";
import { describeError, log } from "../log.ts";
import type { AccountStore } from "./account-store.ts";
import { presentEvent } from "./present.ts";
import type { StoredEvent } from "./stored.ts";

/** Answers until when the tenant wants to hear of this account; 0 when nobody listens any more. */
type Publish = (tenant: Id<"tenant">, events: Event[]) => Promise<number>;

const WATCHED = "watchedUntil";

/**
 * Hands durable events to the tenant's live stream while somebody listens: in order, whatever gathered
 * during one call with the next. Who loses some reads the journal. That somebody listens is
 * stored: accounts leave the memory between two events, streams stay open.
 */
export class LiveStream {
  private readonly publish: Publish;
  private readonly kv: SyncKvStorage;
  private watchedUntil: number;
  private watches = 0;
  private waiting: Event[] = [];
  private isSending = false;

  constructor(publish: Publish, kv: SyncKvStorage) {
    this.publish = publish;
    this.kv = kv;
    this.watchedUntil = kv.get<number>(WATCHED) ?? 0;
  }

  watch(untilMs: number): void {
    this.watches += 1;
    if (untilMs <= this.watchedUntil) return;
    this.watchedUntil = untilMs;
    this.kv.put(WATCHED, untilMs);
  }

  push(events: readonly StoredEvent[], store: AccountStore, now: number): void {
    if (events.length === 0 || this.watchedUntil <= now) return;
    this.waiting.push(...events.flatMap((event) => presentEvent(store, event) ?? []));
    const { id, tenant } = store.account();
    if (!this.isSending) void this.send(id, tenant);
  }

  private forget(): void {
    this.watchedUntil = 0;
    this.waiting = [];
    this.kv.delete(WATCHED);
  }

  private async send(account: Id<"account">, tenant: Id<"tenant">): Promise<void> {
    this.isSending = true;
    try {
      while (this.waiting.length > 0) {
        const events = this.waiting;
        this.waiting = [];
        const { watches } = this;
        const until = await this.publish(tenant, events);
        // Who came during the call is not in its answer.
        if (until === 0 && this.watches === watches) this.forget();
      }
    } catch (error) {
      log({ event: "stream.publish_failed", account, error: describeError(error) });
    } finally {
      this.isSending = false;
    }
  }
}
