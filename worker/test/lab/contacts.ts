import { setTimeout as pause } from "node:timers/promises";
import type { Arrival } from "./evidence.ts";
import type { Step } from "./load.ts";
import type { LabWorld } from "./world.ts";

const AGAIN_AFTER_MS = 200;

/** The contact's number; all are on WhatsApp. */
export function contactNumber(contact: number): string {
  return `1555070${String(contact).padStart(4, "1")}`;
}

/** The people whom accounts write to and who write to them: phones on the sandbox's network. */
export class Contacts {
  readonly arrivals: Arrival[] = [];
  readonly #world: LabWorld;
  readonly #seed: number;
  #sending = 0;

  constructor(world: LabWorld, seed: number) {
    this.#world = world;
    this.#seed = seed;
  }

  /** Messages that are not on the network yet. */
  get sending(): number {
    return this.#sending;
  }

  /** A contact writes to an account's number. The network takes it once, or it was not sent. */
  async write({ n, account: index, contact }: Extract<Step, { kind: "receive" }>): Promise<void> {
    const account = this.#world.accounts[index];
    if (account === undefined) return;
    const from = contactNumber(contact);
    const text = `in${n} of ${this.#seed}`;
    this.#sending += 1;
    for (;;) {
      try {
        const at = Date.now();
        const answer = await this.#world.phones.post(`/phones/${from}/messages`, {
          to: account.number,
          text,
        });
        const { wa_id: waId } = answer as { wa_id: string };
        this.arrivals.push({ n, account: account.id, from, text, waId, at });
        break;
      } catch {
        // The network is being started again. What it took before it was killed it may have kept: a
        // phone's own list says so.
        await pause(AGAIN_AFTER_MS);
        const kept = await this.#kept(from, text);
        if (kept === null) continue;
        this.arrivals.push({ n, account: account.id, from, text, waId: kept, at: Date.now() });
        break;
      }
    }
    this.#sending -= 1;
  }

  async #kept(from: string, text: string): Promise<string | null> {
    try {
      const messages = await this.#world.phones.messages(from);
      return messages.find((message) => message.text === text)?.wa_id ?? null;
    } catch {
      return null;
    }
  }
}
