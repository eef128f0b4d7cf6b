import { setTimeout as pause } from "node:timers/promises";
import { Queue } from "@roost/contract/queue";
import type { LabAccount } from "./evidence.ts";
import { linkPhone, personOf, type LabWorld } from "./world.ts";

const LOOK_EVERY_MS = 1_000;
/** A person does not act at once: other faults may strike an account that is down. */
const ACT_AFTER_MS = 2_500;
/** What was not confirmed by the device when it was unlinked was sent at most this long before. */
const UNCONFIRMED_FOR_MS = 90_000;

/**
 * The people of the tenants: they restart what is parked, link again what was logged out, and let a
 * queue go on that was held for them to look at.
 */
export class Care {
  readonly #world: LabWorld;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>[];
  /** Queues that an app holds at the moment are its own business. */
  readonly #isHeldByApp: (account: string) => boolean;
  relinked = 0;
  restarted = 0;

  constructor(world: LabWorld, isHeldByApp: (account: string) => boolean) {
    this.#world = world;
    this.#isHeldByApp = isHeldByApp;
    this.#running = world.accounts.map((account) => this.#lookAfter(account));
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#running);
  }

  async #lookAfter(account: LabAccount): Promise<void> {
    const { signal } = this.#stop;
    const rest = (ms: number): Promise<void> =>
      pause(ms, undefined, { signal }).catch(() => undefined);
    while (!signal.aborted) {
      try {
        await this.#look(account, rest);
      } catch {
        // The edge is down, or the account moves: the next look sees what is.
      }
      await rest(LOOK_EVERY_MS);
    }
  }

  async #look(account: LabAccount, rest: (ms: number) => Promise<void>): Promise<void> {
    const api = personOf(this.#world, account.tenant);
    const { state, reason } = await api.account(account.id);
    if (state === "connected") {
      await this.#release(account);
    } else if (state === "parked" || state === "banned" || reason?.code === "credentials_refused") {
      await rest(ACT_AFTER_MS);
      await api.raw(`/v1/accounts/${account.id}/restart`, { method: "POST" });
      this.restarted += 1;
    } else if (state === "logged_out" || state === "unlinked") {
      const at = Date.now();
      const drop = { from: at - UNCONFIRMED_FOR_MS, until: Infinity };
      account.relinked.push(drop);
      await rest(ACT_AFTER_MS);
      await linkPhone(this.#world, account);
      drop.until = Date.now();
      this.relinked += 1;
    }
  }

  async #release({ id, tenant }: LabAccount): Promise<void> {
    if (this.#isHeldByApp(id)) return;
    const api = personOf(this.#world, tenant);
    const queue = await api.call(Queue, `/v1/accounts/${id}/queue`);
    if (queue.state === "active" || this.#isHeldByApp(id)) return;
    await api.raw(`/v1/accounts/${id}/queue`, { method: "PUT", body: { state: "active" } });
  }
}
