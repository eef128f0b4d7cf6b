import { setTimeout as pause } from "node:timers/promises";
import { BatchAnswer, Message } from "@roost/contract/messages";
import { Problem } from "@roost/contract/errors";
import type { ApiClient, Call as Request } from "../api-client.ts";
import type { Answer, Call, Cancelling, Sending } from "./evidence.ts";
import { contactNumber } from "./contacts.ts";
import { seen } from "./seen.ts";
import type { Step } from "./load.ts";
import type { LabWorld, Tenant } from "./world.ts";

const REPEAT_AFTER_MS = 400;

/**
 * What tenants' apps do, as careful clients: each message has a key, and whatever got no answer that
 * is final is asked again with the same key and the same body, until the run is over.
 */
export class Apps {
  readonly sendings: Sending[] = [];
  readonly cancellings: Cancelling[] = [];
  readonly #world: LabWorld;
  readonly #seed: number;
  readonly #byNumber = new Map<number, Sending>();
  readonly #held = new Set<string>();
  #unanswered = 0;
  #isOver = false;

  constructor(world: LabWorld, seed: number) {
    this.#world = world;
    this.#seed = seed;
  }

  /** Messages of which their senders do not know yet whether they were accepted. */
  get unanswered(): number {
    return this.#unanswered;
  }

  /** Whether an app has stopped this account's queue for the moment. */
  holds(account: string): boolean {
    return this.#held.has(account);
  }

  /** Nothing is repeated any more. */
  stop(): void {
    this.#isOver = true;
  }

  async send(step: Extract<Step, { kind: "send" }>): Promise<void> {
    const now = Date.now();
    const later = (ms: number | null): string | null =>
      ms === null ? null : new Date(now + ms).toISOString();
    const sending = this.#begin(step.n, step.tenant, step.account, step.contact);
    const body = {
      ...(sending.account === null ? {} : { account: sending.account }),
      to: sending.to,
      text: { body: sending.text },
      pace: step.pace,
      send_at: later(step.sendInMs),
      expires_at: later(step.expiresInMs),
      client_reference: `n${step.n}`,
    };
    const tenant = this.#tenant(step.tenant);
    await Promise.all(
      Array.from({ length: step.times }, () =>
        this.#insist(sending, () => this.#post(tenant.app, `m${step.n}`, body)),
      ),
    );
  }

  /** Many at once, with one key for all of them; what is refused alone is not asked again. */
  async sendBatch(step: Extract<Step, { kind: "batch" }>): Promise<void> {
    const { app } = this.#tenant(step.tenant);
    const sendings = step.ns.map((n) => this.#begin(n, step.tenant, step.account, step.contact));
    const messages = sendings.map(({ account, to, text, n }) => ({
      ...(account === null ? {} : { account }),
      to,
      text: { body: text },
      pace: "asap",
      client_reference: `n${n}`,
    }));
    const request = {
      method: "POST",
      body: { messages },
      idempotencyKey: `${this.#seed} b${step.ns[0] ?? 0}`,
    } as const;
    this.#unanswered += 1;
    while (!this.#isOver) {
      const at = Date.now();
      const answers = await askBatch(app, request, sendings.length);
      const doneAt = Date.now();
      for (const [index, answer] of answers.entries()) {
        sendings[index]?.calls.push({ at, doneAt, answer });
      }
      const isOpen = (answer: Answer): boolean =>
        answer.kind === "broken" || (answer.kind === "refused" && !answer.isFinal);
      if (!answers.some(isOpen)) break;
      await pause(REPEAT_AFTER_MS);
    }
    this.#unanswered -= 1;
  }

  async cancel({ n }: Extract<Step, { kind: "cancel" }>): Promise<void> {
    const sending = this.#byNumber.get(n);
    const answers = sending?.calls.map(({ answer }) => answer) ?? [];
    const accepted = answers.find((answer) => answer.kind === "accepted");
    if (sending === undefined || accepted === undefined) return;
    const { app } = this.#tenant(sending.tenant);
    const call = await timed(() => ask(app, `/v1/messages/${accepted.id}`, { method: "DELETE" }));
    this.cancellings.push({ n, id: accepted.id, call });
  }

  async hold(step: Extract<Step, { kind: "hold" }>): Promise<void> {
    const account = this.#world.accounts[step.account];
    if (account === undefined) return;
    const { app, person } = this.#tenant(account.tenant);
    const path = `/v1/accounts/${account.id}/queue`;
    this.#held.add(account.id);
    await app.raw(path, { method: "PUT", body: { state: step.state } }).catch(() => undefined);
    await pause(step.lastsMs);
    while (!this.#isOver) {
      this.#held.delete(account.id);
      try {
        const { ok } = await person.raw(path, { method: "PUT", body: { state: "active" } });
        if (ok) return;
      } catch {
        // The edge is down.
      }
      await pause(REPEAT_AFTER_MS);
    }
  }

  #begin(n: number, tenant: number, account: number | null, contact: number): Sending {
    const asked = account === null ? null : (this.#world.accounts[account]?.id ?? null);
    const text = `m${n} of ${this.#seed}`;
    const to = contactNumber(contact);
    const sending: Sending = { n, tenant, account: asked, to, text, calls: [] };
    this.sendings.push(sending);
    this.#byNumber.set(n, sending);
    return sending;
  }

  async #insist(sending: Sending, post: () => Promise<Answer>): Promise<void> {
    this.#unanswered += 1;
    while (!this.#isOver) {
      const call = await timed(post);
      sending.calls.push(call);
      const { answer } = call;
      if (answer.kind === "accepted" || (answer.kind === "refused" && answer.isFinal)) break;
      await pause(REPEAT_AFTER_MS);
    }
    this.#unanswered -= 1;
  }

  #post(app: ApiClient, key: string, body: object): Promise<Answer> {
    const idempotencyKey = `${this.#seed} ${key}`;
    return ask(app, "/v1/messages", { method: "POST", body, idempotencyKey });
  }

  #tenant(tenant: number): Tenant {
    const found = this.#world.tenants[tenant];
    if (found === undefined) throw new Error(`There is no tenant ${tenant}.`);
    return found;
  }
}

async function timed(act: () => Promise<Answer>): Promise<Call> {
  const at = Date.now();
  const answer = await act();
  return { at, doneAt: Date.now(), answer };
}

/** One answer per message, in order. */
async function askBatch(app: ApiClient, request: Request, size: number): Promise<Answer[]> {
  const forAll = (answer: Answer): Answer[] => Array.from({ length: size }, () => answer);
  try {
    const response = await app.raw("/v1/messages/batch", request);
    const content: unknown = await response.json();
    if (!response.ok) return forAll(refusal(Problem.parse(content)));
    return BatchAnswer.parse(content).data.map(({ message, error }): Answer => {
      if (message !== null) return acceptance(message);
      return error === null
        ? { kind: "broken", error: "neither a message nor an error" }
        : refusal(error);
    });
  } catch (error) {
    return forAll({ kind: "broken", error: seen(error) });
  }
}

/** Asks for something that answers with a message. */
async function ask(app: ApiClient, path: string, request: Request): Promise<Answer> {
  try {
    const response = await app.raw(path, request);
    const content: unknown = await response.json();
    return response.ok ? acceptance(Message.parse(content)) : refusal(Problem.parse(content));
  } catch (error) {
    return { kind: "broken", error: seen(error) };
  }
}

function acceptance({ id, wa_id: waId, account }: Message): Answer {
  return { kind: "accepted", id, waId, account };
}

function refusal({ status, code, retryable }: Omit<Problem, "request_id">): Answer {
  return { kind: "refused", status, code, isFinal: retryable === "no" };
}
