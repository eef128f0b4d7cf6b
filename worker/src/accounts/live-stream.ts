import type { Event } from "@roost/contract/events";
import type { Id } from "@roost/contract/ids";
import { describeError, log } from "../log.ts";
import type { AccountStore } from "./account-store.ts";
import { presentEvent } from "./present.ts";
import type { StoredEvent } from "./stored.ts";

/**
 * Hands durable events to the tenant's live stream while somebody listens: in order, whatever gathered
 * during one call with the next. Who loses some reads the journal.
 */
export class LiveStream {
  private readonly publish: (tenant: Id<"tenant">, events: Event[]) => Promise<void>;
  private watchedUntil = 0;
  private waiting: Event[] = [];
  private isSending = false;

  constructor(publish: (tenant: Id<"tenant">, events: Event[]) => Promise<void>) {
    this.publish = publish;
  }

  watch(untilMs: number): void {
    this.watchedUntil = Math.max(this.watchedUntil, untilMs);
  }

  push(events: readonly StoredEvent[], store: AccountStore, now: number): void {
    if (events.length === 0 || this.watchedUntil <= now) return;
    this.waiting.push(...events.flatMap((event) => presentEvent(store, event) ?? []));
    const { id, tenant } = store.account();
    if (!this.isSending) void this.send(id, tenant);
  }

  private async send(account: Id<"account">, tenant: Id<"tenant">): Promise<void> {
    this.isSending = true;
    try {
      while (this.waiting.length > 0) {
        const events = this.waiting;
        this.waiting = [];
        await this.publish(tenant, events);
      }
    } catch (error) {
      log({ event: "stream.publish_failed", account, error: describeError(error) });
    } finally {
      this.isSending = false;
    }
  }
}
