import type { Limits } from "@roost/contract/accounts";
import type { Event } from "@roost/contract/events";
import type { Id, MessageId } from "@roost/contract/ids";
import { ownerOf } from "@roost/contract/ids";
import type { Message } from "@roost/contract/messages";
import type { AccountObject } from "../../src/accounts/account-object.ts";
import { accountStub } from "../../src/accounts/account-stub.ts";
import { textFor } from "../workers/given-store.ts";
import { tenantStub } from "../../src/tenants/tenant-stub.ts";
import type { Runtime } from "./runtime.ts";
import { turns } from "./virtual-time.ts";

const ANSWER_WITHIN_MS = 20_000;
const PEOPLE = 30;
export const TENANT: Id<"tenant"> = `ten_${"2".repeat(26)}`;

/** An account's methods as a stub has them. */
export type Calls = {
  [K in keyof AccountObject]: AccountObject[K] extends (...args: infer A) => infer R
    ? (...args: A) => Promise<Awaited<R>>
    : never;
};

/** A tenant's careful app: it repeats what was not answered, under the same key. */
export class Tenant {
  /** Accepted messages, and the key each was sent with. */
  readonly accepted = new Map<MessageId, string>();
  private readonly runtime: Runtime;
  private readonly journals = new Map<Id<"account">, string[]>();
  private requests = 0;
  private open = 0;
  private isSending = true;

  constructor(runtime: Runtime) {
    this.runtime = runtime;
  }

  async setUp(account: Id<"account">, limits: Limits): Promise<void> {
    const ask = this.ask(account);
    const tenant = tenantStub(this.runtime.worker(), TENANT);
    await tenant.addAccount(account);
    await ask((stub) => stub.create({ id: account, tenant: TENANT, name: "Simulated" }));
    await tenant.tellAllowance(account);
    await ask((stub) => stub.setLimits(TENANT, limits));
    await ask((stub) => stub.startLink(TENANT, { method: "qr", phone: null }));
    for (;;) {
      const read = await ask((stub) => stub.read(TENANT));
      if (read.ok && read.value.state === "connected") return;
      await pause(this.runtime, 500);
    }
  }

  /** So many messages in the month that ends then, of all accounts together. */
  async setPlan(messages: number, endsAt: number): Promise<void> {
    await tenantStub(this.runtime.worker(), TENANT).setEntitlement(messages, endsAt);
  }

  /** Messages by chance, until `stop`. */
  sendEvery(account: Id<"account">, meanMs: number): void {
    const { time, random } = this.runtime;
    time.after(random.wait(meanMs), async () => {
      if (!this.isSending) return;
      this.sendEvery(account, meanMs);
      void this.send(account);
      await turns();
    });
  }

  stop(): void {
    this.isSending = false;
  }

  isIdle(): boolean {
    return this.open === 0;
  }

  async send(account: Id<"account">): Promise<void> {
    const { random, runtime } = this;
    const key = `key ${++this.requests}`;
    const now = Date.now();
    const phone = personOf(random.between(0, PEOPLE - 1));
    const isLater = random.chance(0.05);
    const sendAt = isLater ? now + random.between(1_000, 600_000) : null;
    const expiresAt = random.chance(0.05) ? (sendAt ?? now) + random.between(5_000, 900_000) : null;
    const pace = random.chance(0.3) ? "human" : "asap";
    const lane = random.chance(0.25) ? { lane: "campaign" as const } : {};
    const input = { priority: random.between(0, 10), pace, ...lane } as const;
    const submission = textFor(phone, { input, sendAt, expiresAt, idempotencyKey: key });
    this.open += 1;
    for (;;) {
      try {
        const outcome = await this.ask(account)((stub) => stub.accept(TENANT, submission));
        if (outcome.ok) this.noteAccepted(outcome.value.message, key);
        break;
      } catch {
        // Nobody knows whether it was taken.
        await pause(runtime, 1_000);
      }
    }
    this.open -= 1;
  }

  /** Something that people do with a queue now and then. */
  async meddle(account: Id<"account">): Promise<void> {
    const { random } = this.runtime;
    try {
      const what = random.next();
      if (what < 0.5) {
        const [newest = null] = [...this.accepted.keys()].slice(-1);
        if (newest !== null) await this.cancel(newest);
      } else if (what < 0.9) {
        await this.ask(account)((stub) => stub.setQueue(TENANT, "paused"));
        await pause(this.runtime, random.between(100, 20_000));
        await this.setActive(account);
      } else await this.ask(account)((stub) => stub.restart(TENANT));
    } catch {
      // Not answered; a person shrugs and goes on. What they left paused is opened again.
      await this.setActive(account);
    }
  }

  async setActive(account: Id<"account">): Promise<void> {
    for (;;) {
      try {
        await this.ask(account)((stub) => stub.setQueue(TENANT, "active"));
        return;
      } catch {
        await pause(this.runtime, 1_000);
      }
    }
  }

  /** Reads on in the journal: numbers without a gap, and nothing that was shown ever changes. */
  async readJournal(account: Id<"account">): Promise<void> {
    const shown = this.journals.get(account) ?? [];
    this.journals.set(account, shown);
    // From a little before the end, to see the same once more.
    const from = Math.max(0, shown.length - 20);
    let events: Event[];
    try {
      const outcome = await this.ask(account)((stub) => stub.listEvents(TENANT, from, 500));
      if (!outcome.ok) return;
      events = outcome.value;
    } catch {
      return;
    }
    for (const [i, event] of events.entries()) {
      const seq = from + i + 1;
      const text = JSON.stringify([event.seq, event.id, event.type]);
      const before = shown[seq - 1];
      if (event.seq !== seq) this.runtime.problem(`${account}: event ${event.seq} where ${seq} is`);
      if (before !== undefined && before !== text) {
        this.runtime.problem(`${account}: event ${seq} was ${before} and is ${text}`);
      }
      shown[seq - 1] = text;
    }
  }

  seenEvents(account: Id<"account">): number {
    return this.journals.get(account)?.length ?? 0;
  }

  private get random() {
    return this.runtime.random;
  }

  private async cancel(id: MessageId): Promise<void> {
    const { account, number } = ownerOf(id);
    await this.ask(account)((stub) => stub.deleteMessage(TENANT, number));
  }

  private noteAccepted(message: Message, key: string): void {
    const before = this.accepted.get(message.id);
    if (before !== undefined && before !== key) {
      this.runtime.problem(`${message.id} was made by ${before} and by ${key}`);
    }
    this.accepted.set(message.id, key);
  }

  /** One call of the account, as the Worker makes it; rejects when there is no answer. */
  ask(account: Id<"account">): <T>(work: (calls: Calls) => Promise<T>) => Promise<T> {
    return (work) => {
      const { promise, reject } = Promise.withResolvers<never>();
      this.runtime.time.after(ANSWER_WITHIN_MS, async () => {
        reject(new Error("no answer"));
        await turns();
      });
      promise.catch(() => undefined);
      const stub = accountStub(this.runtime.worker(), account) as unknown as Calls;
      return Promise.race([work(stub), promise]);
    };
  }
}

export function personOf(n: number): string {
  return `49160${String(n).padStart(7, "0")}`;
}

function pause(runtime: Runtime, ms: number): Promise<void> {
  return new Promise((resolve) => {
    runtime.time.after(ms, async () => {
      resolve();
      await turns();
    });
  });
}
