import { consumeSendJobs } from "../../src/fleet/consumer.ts";
import { accountStub } from "../../src/accounts/account-stub.ts";
import { hostStub } from "../../src/fleet/stubs.ts";
import { HOST_HEADER } from "../../src/fleet/connect-host.ts";
import type { Faults } from "./faults.ts";
import type { SeededRandom } from "./random.ts";
import { type ObjectClass, type Owner, Slot } from "./slot.ts";
import { GoneError, replace, turns, type VirtualTime } from "./virtual-time.ts";
import { type Listener, ServerSocket, Wire } from "./wire.ts";

/** A failure of the world around the objects, and not of theirs. */
export class FaultError extends Error {
  override readonly name = "FaultError";
}

/** Calls on one stub arrive in the order in which they were made. */
type Line = { at: number; isBroken: boolean };

const TRACE = 400;
const QUEUE_RETRIES = 3;

/**
 * As much of workerd as our objects use: single objects with storage and an alarm, calls between
 * them, a queue, sockets and a database, all in virtual time and with whatever faults are wanted.
 */
export class Runtime {
  readonly time: VirtualTime;
  readonly random: SeededRandom;
  faults: Faults;
  readonly problems: string[] = [];
  /** How far the machine's clock has jumped ahead, all times together. */
  aheadMs = 0;
  /** When it last jumped. */
  jumpedAt = Number.NEGATIVE_INFINITY;
  private readonly classes: Record<string, ObjectClass>;
  private readonly slots = new Map<string, Slot>();
  private readonly wires = new Set<Wire>();
  private readonly trace: [at: number, what: string, about: string][] = [];
  /** Whoever has no memory of their own: the Worker, its consumer, clients. It goes with the process. */
  private process: Owner = { isAlive: true };

  constructor(
    time: VirtualTime,
    random: SeededRandom,
    faults: Faults,
    classes: Record<string, ObjectClass>,
  ) {
    this.time = time;
    this.random = random;
    this.faults = faults;
    this.classes = classes;
  }

  /** Globals that only workerd has. */
  install(): Disposable {
    const back = replace(globalThis, {
      WebSocketPair: class {
        0 = null;
        1 = new ServerSocket();
        constructor() {
          Object.assign(this, { 0: this[1] });
        }
      },
      WebSocketRequestResponsePair: class {
        readonly isAnsweredByTheRuntime = true;
      },
      Response: class {
        readonly webSocket: unknown;
        constructor(_body: unknown, init: { webSocket?: unknown }) {
          this.webSocket = init.webSocket ?? null;
        }
      },
    });
    return { [Symbol.dispose]: back };
  }

  note(what: string, about = ""): void {
    if (this.trace.length >= 2 * TRACE) this.trace.splice(0, TRACE);
    this.trace.push([this.time.now, what, about]);
  }

  problem(text: string): void {
    this.note("PROBLEM", text);
    this.problems.push(text);
  }

  /** The last things that happened. */
  story(): string {
    return this.trace
      .slice(-TRACE)
      .map(([at, what, about]) => `${new Date(at).toISOString().slice(11, 23)} ${what} ${about}`)
      .join("\n");
  }

  /** How long something takes that goes over a wire. */
  delay(): number {
    const { random, faults } = this;
    return random.chance(faults.slow) ? random.between(50, 3_000) : random.between(0, 4);
  }

  slot(binding: string, name: string): Slot {
    const key = `${binding}/${name}`;
    const known = this.slots.get(key);
    if (known !== undefined) return known;
    const make = this.classes[binding];
    if (make === undefined) throw new Error(`no class for ${binding}`);
    const slot = new Slot(this, key, make);
    this.slots.set(key, slot);
    return slot;
  }

  /** The bindings of whoever has this memory; the cast holds as far as our code uses them. */
  envOf(owner: Owner): Env {
    const namespaces = Object.keys(this.classes).map((binding) => {
      const getByName = (name: string) => this.stub(owner, this.slot(binding, name));
      return [binding, { getByName, get: getByName, idFromName: (name: string) => name }];
    });
    const bindings: object = {
      ...Object.fromEntries(namespaces),
      DB: this.database(),
      SEND_JOBS: { sendBatch: (batch: { body: unknown }[]) => this.enqueue(owner, batch) },
      MODE: "production",
      PUBLIC_URL: "https://roost.example",
      MAIL_FROM: "no-reply@roost.example",
      SMTP_HOST: "127.0.0.1",
      SMTP_PORT: "25",
      SMTP_USER: "",
      HOST_SECRET: "a secret of thirty-two characters for tests",
    };
    return bindings as Env;
  }

  /** For whoever stands outside: the Worker's own bindings, at this moment. */
  worker(): Env {
    return this.envOf(this.process);
  }

  /** A host's socket to its object. */
  async dial(host: string, listener: Listener): Promise<Wire> {
    const slot = this.slot("HOSTS", host);
    const headers = new Headers({ [HOST_HEADER]: host, upgrade: "websocket" });
    const answer = await slot.call("fetch", [{ headers }]);
    const { webSocket } = answer as { webSocket: ServerSocket };
    const wire = new Wire(this, slot, webSocket, listener);
    this.wires.add(wire);
    return wire;
  }

  // Faults

  /** The process that runs the objects is killed, and started again at once. */
  crash(): void {
    this.note("CRASH of the edge");
    this.process.isAlive = false;
    this.process = { isAlive: true };
    for (const slot of this.slots.values()) slot.restart();
    for (const wire of this.wires) wire.lost();
    this.wires.clear();
  }

  /** One object that nobody waits for leaves the memory. */
  evict(): void {
    const idle = [...this.slots.values()].filter((slot) => slot.isIdle());
    const slot = idle[this.random.between(0, idle.length - 1)];
    if (slot === undefined) return;
    this.note("EVICTED", slot.name);
    slot.restart();
  }

  jumpClock(ms: number): void {
    this.note("CLOCK jumps by", `${ms} from ${this.time.edgeSkew}`);
    this.time.edgeSkew += ms;
    this.jumpedAt = this.time.now;
    this.aheadMs += Math.max(0, ms);
    for (const slot of this.slots.values()) slot.scheduleAlarm();
  }

  private stub(owner: Owner, slot: Slot): object {
    const line: Line = { at: 0, isBroken: false };
    return new Proxy(
      {},
      {
        get: (_, method) => {
          if (typeof method === "symbol" || method === "then") return undefined;
          return (...args: unknown[]) => this.call(owner, slot, line, method, args);
        },
      },
    );
  }

  private call(
    owner: Owner,
    slot: Slot,
    line: Line,
    method: string,
    args: unknown[],
  ): Promise<unknown> {
    const { time, random, faults } = this;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    // Whoever is gone waits for ever.
    const answer = (give: () => void): void => {
      time.after(this.delay(), async () => {
        if (!owner.isAlive) return;
        give();
        await turns();
      });
    };
    if (!owner.isAlive) return promise;
    const isLost = line.isBroken || random.chance(faults.callLost);
    line.isBroken = isLost || random.chance(faults.answerLost);
    const isAnswered = !line.isBroken;
    line.at = Math.max(line.at, time.now + this.delay());
    time.after(line.at - time.now, async () => {
      if (isLost) {
        this.note("call LOST", `${slot.name}.${method}`);
        return answer(() => reject(new FaultError("the call was lost")));
      }
      this.note("call", `${slot.name}.${method}`);
      const work = async (): Promise<void> => {
        try {
          const value = await slot.callOrLose(method, args);
          if (isAnswered) answer(() => resolve(value));
          else answer(() => reject(new FaultError("the answer was lost")));
        } catch (error) {
          const isOurs = !(error instanceof GoneError) && !(error instanceof FaultError);
          if (isOurs) this.problem(`${slot.name}.${method}: ${describe(error)}`);
          answer(() => reject(new FaultError("the call failed")));
        }
      };
      void work();
      await turns();
    });
    return promise;
  }

  private async enqueue(owner: Owner, batch: readonly { body: unknown }[]): Promise<void> {
    const { random, faults } = this;
    if (!owner.isAlive) return new Promise(() => undefined);
    if (random.chance(faults.queueRefused)) throw new FaultError("the queue refused it");
    for (const { body } of batch) {
      if (random.chance(faults.queueLost)) continue;
      this.offer(body, 0);
      if (random.chance(faults.queueRepeated)) this.offer(body, 0);
    }
    return undefined;
  }

  /** Messages are carried one by one: in whatever order the delays make of it. */
  private offer(body: unknown, tries: number, delaySeconds = 0): void {
    const { time, random, faults } = this;
    const extra = random.chance(faults.queueDelayed) ? random.between(0, 30_000) : 0;
    time.after(delaySeconds * 1_000 + extra + this.delay(), async () => {
      const env = this.worker();
      const message = {
        body,
        ack: () => undefined,
        retry: (options?: { delaySeconds?: number }) => {
          if (tries < QUEUE_RETRIES) this.offer(body, tries + 1, options?.delaySeconds ?? 0);
        },
      };
      void consumeSendJobs([message], {
        take: ({ account, lease }) => accountStub(env, account).takeLease(lease),
        deliver: (host, leases) => hostStub(env, host).deliver(leases),
        putBack: ({ account, id }) => accountStub(env, account).putBackLease(id),
        log: () => undefined,
      });
      await turns();
    });
  }

  /** Nobody's truth: it takes what it is given, or is away. */
  private database(): object {
    const run = async (): Promise<object> => {
      if (this.random.chance(this.faults.databaseAway)) throw new FaultError("D1 is away");
      return { success: true, results: [], meta: { changes: 1, rows_written: 1 } };
    };
    const statement = { bind: () => statement, run, all: run, raw: async () => [], first: run };
    return { prepare: () => statement, batch: async () => [await run()] };
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
