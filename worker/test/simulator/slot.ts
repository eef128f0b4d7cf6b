import { MemorySql } from "../workers/memory-sql.ts";
import type { Runtime } from "./runtime.ts";
import { GoneError, turns } from "./virtual-time.ts";
import type { ServerSocket } from "./wire.ts";

/** Somebody's memory; once it is gone, nothing that it still does counts. */
export type Owner = { isAlive: boolean };

type Methods = Record<string, ((...args: unknown[]) => unknown) | undefined>;
export type ObjectClass = new (ctx: never, env: never) => object;

const ALARM_RETRIES = 6;
const ALARM_RETRY_MS = 2_000;
const LATE_MS = 20_000;

/** One object: its storage outlives its memory. */
export class Slot {
  readonly name: string;
  sockets: ServerSocket[] = [];
  private readonly runtime: Runtime;
  private readonly make: ObjectClass;
  private sql = new MemorySql();
  private readonly kv = new Map<string, unknown>();
  private instance: { owner: Owner; object: object } | null = null;
  private readonly pending = new Set<() => void>();
  private alarmAt: number | null = null;
  private alarms = 0;

  constructor(runtime: Runtime, name: string, make: ObjectClass) {
    this.runtime = runtime;
    this.name = name;
    this.make = make;
  }

  /** Calls a method, in a memory that is made anew where there is none. */
  async call(method: string, args: unknown[]): Promise<unknown> {
    const object = this.wake();
    const work = object[method];
    if (work === undefined) throw new Error(`${this.name} has no ${method}`);
    // Called on the object, so that `this` is what it expects.
    return Reflect.apply(work, object, args);
  }

  /** As `call`, but rejects when the memory goes while the answer is owed. */
  async callOrLose(method: string, args: unknown[]): Promise<unknown> {
    const lost = Promise.withResolvers<never>();
    const lose = (): void => lost.reject(new GoneError(`${this.name} was restarted`));
    this.pending.add(lose);
    try {
      return await Promise.race([this.call(method, args), lost.promise]);
    } finally {
      this.pending.delete(lose);
    }
  }

  /** Its memory goes; its sockets stay, unless the process went too. */
  restart(): void {
    if (this.instance !== null) this.instance.owner.isAlive = false;
    this.instance = null;
    for (const lose of this.pending) lose();
    this.pending.clear();
  }

  isIdle(): boolean {
    return this.pending.size === 0;
  }

  /** After the clock has jumped, or when it was set. */
  scheduleAlarm(extraMs = 0): void {
    const { runtime, alarmAt } = this;
    if (alarmAt === null) return;
    const { time, random, faults } = runtime;
    const alarm = ++this.alarms;
    const late = random.chance(faults.alarmLate) ? random.between(0, LATE_MS) : 0;
    time.after(alarmAt - (time.now + time.edgeSkew) + late + extraMs, async () => {
      if (alarm !== this.alarms) return;
      this.alarmAt = null;
      await this.ring(0);
      if (random.chance(faults.alarmTwice)) time.after(1_000, () => this.ring(0));
    });
  }

  private async ring(tries: number): Promise<void> {
    const { runtime } = this;
    runtime.note("alarm", this.name);
    const ringing = this.callOrLose("alarm", []).catch((error: unknown) => {
      if (!(error instanceof GoneError)) runtime.problem(`alarm of ${this.name}: ${String(error)}`);
      if (tries < ALARM_RETRIES) runtime.time.after(ALARM_RETRY_MS, () => this.ring(tries + 1));
    });
    void ringing;
    await turns();
  }

  private wake(): Methods {
    if (this.instance === null) {
      const owner: Owner = { isAlive: true };
      const ctx = this.context(owner) as never;
      const Made = this.make;
      this.instance = { owner, object: new Made(ctx, this.runtime.envOf(owner) as never) };
    }
    return this.instance.object as Methods;
  }

  /** What workerd gives an object, as far as ours use it. */
  private context(owner: Owner): object {
    const alive = (): void => {
      if (!owner.isAlive) throw new GoneError(this.name);
    };
    const { kv } = this;
    return {
      // The slot is named after its binding as well.
      id: { name: this.name.slice(this.name.indexOf("/") + 1) },
      storage: {
        sql: {
          exec: (query: string, ...bindings: never[]) => {
            alive();
            return this.sql.exec(query, ...bindings);
          },
        },
        kv: {
          get: (key: string) => kv.get(key),
          put: (key: string, value: unknown) => void kv.set(key, value),
          delete: (key: string) => kv.delete(key),
        },
        transactionSync: (work: () => unknown) => {
          alive();
          return this.sql.transactionSync(work);
        },
        setAlarm: async (at: number) => {
          if (!owner.isAlive) return;
          this.alarmAt = at;
          this.scheduleAlarm();
        },
        getAlarm: async () => this.alarmAt,
        deleteAlarm: async () => {
          this.alarmAt = null;
          this.alarms += 1;
        },
        deleteAll: async () => {
          alive();
          this.sql = new MemorySql();
          kv.clear();
        },
      },
      waitUntil: (work: Promise<unknown>) => {
        work.catch((error: unknown) => {
          if (owner.isAlive) this.runtime.problem(`background of ${this.name}: ${String(error)}`);
        });
      },
      abort: () => {
        if (owner.isAlive) this.restart();
      },
      acceptWebSocket: (socket: ServerSocket) => void this.sockets.push(socket),
      getWebSockets: () => this.sockets,
      setWebSocketAutoResponse: () => undefined,
      getWebSocketAutoResponseTimestamp: (socket: ServerSocket) => socket.pingedAt,
      blockConcurrencyWhile: (work: () => Promise<unknown>) => work(),
    };
  }
}
