import { setTimeout as pause } from "node:timers/promises";
import { Queue } from "@roost/contract/queue";
import { listOf } from "@roost/contract/lists";
import { Message } from "@roost/contract/messages";
import type { LabAccount, Waiting } from "./evidence.ts";
import { personOf, type LabWorld } from "./world.ts";

const LOOK_EVERY_MS = 5_000;
/** What has waited less is of no interest to anybody. */
const OVERDUE_MS = 5_000;
const Messages = listOf(Message);

/** Looks for messages that have been due for a while, and for the reason that is given. */
export class Sampler {
  readonly waitings: Waiting[] = [];
  /** By message: the first of the looks in a row at which there was no reason. */
  readonly #since = new Map<string, number>();
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;

  constructor(world: LabWorld) {
    this.#running = this.#run(world);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(world: LabWorld): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await pause(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
      for (const account of world.accounts) {
        // The edge may be down: then nobody can be told a reason.
        await this.#look(world, account).catch(() => this.#forget(account.id));
      }
    }
  }

  async #look(world: LabWorld, { id, tenant }: LabAccount): Promise<void> {
    const api = personOf(world, tenant);
    const overdue: Message[] = [];
    for (const state of ["accepted", "scheduled", "leased"] as const) {
      const path = `/v1/messages?account=${id}&state=${state}&limit=100`;
      overdue.push(
        ...(await api.call(Messages, path)).data.filter((each) => dueFor(each) > OVERDUE_MS),
      );
    }
    const queue = await api.call(Queue, `/v1/accounts/${id}/queue`);
    const account = await api.account(id);
    const reason =
      queue.waiting_for ?? (account.state === "connected" ? null : account.reason) ?? null;
    const at = Date.now();
    if (reason !== null) this.#forget(id);
    for (const message of overdue) {
      const since = this.#since.get(message.id) ?? at;
      if (reason === null) this.#since.set(message.id, since);
      this.waitings.push({
        at,
        account: id,
        message: message.id,
        state: message.state,
        dueForMs: Math.min(dueFor(message), at - since),
        reason: reason?.code ?? null,
      });
    }
  }

  /** There was a reason, or nobody to give one. */
  #forget(account: string): void {
    const prefix = account.replace("acc_", "msg_");
    for (const message of this.#since.keys()) {
      if (message.startsWith(prefix)) this.#since.delete(message);
    }
  }
}

/** How long the message could have gone out, as far as its own times say. */
function dueFor({ created_at, send_at, states }: Message): number {
  const steps = states.map(({ at }) => Date.parse(at));
  const since = Math.max(
    Date.parse(created_at),
    ...steps,
    send_at === null ? 0 : Date.parse(send_at),
  );
  return Date.now() - since;
}
