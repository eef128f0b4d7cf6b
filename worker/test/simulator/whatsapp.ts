import type { Limits } from "@roost/contract/accounts";
import { quietUntil } from "../../src/accounts/limits/quiet-hours.ts";
import type { Runtime } from "./runtime.ts";

/** What a linked device hears of its connection. */
export type Device = {
  ack: (waId: string, isRefused: boolean) => void;
  receipt: (waId: string, phone: string, type: "delivered" | "read") => void;
  received: (waId: string, phone: string) => void;
  closed: (isReplaced: boolean) => void;
};

export type Connection = { account: string; device: Device; isOpen: boolean };

const MINUTE = 60_000;
const WINDOWS = ["per_minute", "per_hour", "per_day"] as const;

/** What was begun in time may arrive so much later. */
const QUIET_GRACE_MS = MINUTE;

/** How many stanzas came within a window that moves with time. */
export class Window {
  private readonly ms: number;
  private readonly times: number[] = [];
  private oldest = 0;

  constructor(ms: number) {
    this.ms = ms;
  }

  add(now: number): number {
    this.times.push(now);
    while ((this.times[this.oldest] ?? Infinity) <= now - this.ms) this.oldest += 1;
    return this.times.length - this.oldest;
  }
}

/** A stanza that came while limits held; its message's lane is asked for when all is over. */
export type Stanza = { account: string; message: string; at: number; isInQuiet: boolean };

/** The network and everybody's phones: one connection per account, and a ledger of what arrived. */
export class WhatsApp {
  /** Whose limits hold; null once the run only comes to rest. */
  limits: Limits | null;
  /** By WhatsApp's id: which message of ours it was, and how often it came. */
  readonly ledger = new Map<string, { message: string; times: number }>();
  readonly stanzas: Stanza[] = [];
  private readonly runtime: Runtime;
  private readonly waIds = new Map<string, string>();
  private readonly connections = new Map<string, Connection>();
  private readonly windows = new Map<string, Record<(typeof WINDOWS)[number], Window>>();
  private readonly waiting = new Map<string, ((device: Device) => void)[]>();
  private inbound = 0;

  constructor(runtime: Runtime, limits: Limits) {
    this.runtime = runtime;
    this.limits = limits;
  }

  connect(account: string, device: Device): Connection {
    const before = this.connections.get(account);
    if (before !== undefined) this.close(before, true);
    const connection = { account, device, isOpen: true };
    this.connections.set(account, connection);
    for (const tell of this.waiting.get(account) ?? []) this.tell(account, tell);
    this.waiting.delete(account);
    return connection;
  }

  /** The account's device hangs up, or the network drops it. */
  close(connection: Connection, isReplaced = false): void {
    if (!connection.isOpen) return;
    connection.isOpen = false;
    if (this.connections.get(connection.account) === connection) {
      this.connections.delete(connection.account);
    }
    this.runtime.time.after(this.runtime.delay(), () => connection.device.closed(isReplaced));
  }

  dropSome(): void {
    for (const connection of this.connections.values()) {
      if (this.runtime.random.chance(0.5)) this.close(connection);
    }
  }

  /** A stanza leaves; it arrives if the connection lives that long. */
  write(connection: Connection, waId: string, message: string, phone: string): void {
    const { runtime } = this;
    runtime.time.after(runtime.random.between(5, 40), () => {
      if (connection.isOpen) this.arrive(connection, waId, message, phone);
    });
  }

  /** Somebody writes to the account. */
  writeTo(account: string, phone: string): void {
    const waId = `IN${++this.inbound}`;
    this.tell(account, (device) => device.received(waId, phone));
  }

  private arrive(connection: Connection, waId: string, message: string, phone: string): void {
    const { runtime } = this;
    const { random, faults, time } = runtime;
    runtime.note("WHATSAPP has", `${message} ${waId}`);
    this.checkIds(waId, message);
    this.checkWindows(connection.account);
    if (this.limits !== null) {
      const at = this.clock();
      const isInQuiet = this.isInQuiet(this.limits.quiet_hours);
      this.stanzas.push({ account: connection.account, message, at, isInQuiet });
    }
    const isRefused = random.chance(faults.refused) && !this.ledger.has(waId);
    if (!isRefused) {
      const known = this.ledger.get(waId);
      this.ledger.set(waId, { message, times: (known?.times ?? 0) + 1 });
    }
    if (!random.chance(faults.ackLost)) {
      const late = random.chance(faults.ackLate) ? random.between(5_000, 30_000) : 0;
      time.after(random.between(5, 40) + late, () => {
        if (connection.isOpen) connection.device.ack(waId, isRefused);
      });
    }
    if (isRefused) return;
    this.receiptLater(connection.account, waId, phone, "delivered", random.between(50, 3_000));
    if (random.chance(0.5)) {
      this.receiptLater(connection.account, waId, phone, "read", random.between(4_000, 90_000));
    }
  }

  private receiptLater(
    account: string,
    waId: string,
    phone: string,
    type: "delivered" | "read",
    ms: number,
  ): void {
    this.runtime.time.after(ms, () =>
      this.tell(account, (device) => device.receipt(waId, phone, type)),
    );
  }

  /** To whoever is connected; else it waits, as WhatsApp keeps it. */
  private tell(account: string, tell: (device: Device) => void): void {
    const connection = this.connections.get(account);
    if (connection === undefined) {
      this.waiting.set(account, [...(this.waiting.get(account) ?? []), tell]);
      return;
    }
    this.runtime.time.after(this.runtime.random.between(5, 40), () => {
      if (connection.isOpen) tell(connection.device);
      else this.tell(account, tell);
    });
  }

  private checkIds(waId: string, message: string): void {
    const other = this.ledger.get(waId);
    if (other !== undefined && other.message !== message) {
      this.runtime.problem(`${waId} is ${other.message} and ${message}`);
    }
    const otherId = this.waIds.get(message);
    if (otherId !== undefined && otherId !== waId) {
      this.runtime.problem(`${message} came as ${otherId} and as ${waId}`);
    }
    this.waIds.set(message, waId);
  }

  /** Every stanza counts, also one that comes again or is refused. */
  private checkWindows(account: string): void {
    const now = this.clock();
    const windows = this.windows.get(account) ?? {
      per_minute: new Window(MINUTE),
      per_hour: new Window(60 * MINUTE),
      per_day: new Window(24 * 60 * MINUTE),
    };
    this.windows.set(account, windows);
    for (const name of WINDOWS) {
      const count = windows[name].add(now);
      const limit = this.limits?.[name] ?? Infinity;
      if (count > limit) this.runtime.problem(`${account}: ${count} ${name}, limit ${limit}`);
    }
  }

  /** Only what every clock calls quiet, and has for a while, is. */
  private isInQuiet(hours: Limits["quiet_hours"]): boolean {
    const { now, edgeSkew } = this.runtime.time;
    if (now - this.runtime.jumpedAt <= QUIET_GRACE_MS) return false;
    return [now, now - QUIET_GRACE_MS, now + edgeSkew, now + edgeSkew - QUIET_GRACE_MS].every(
      (at) => quietUntil(hours, at) !== null,
    );
  }

  /**
   * Time as strictly as it can be meant: it goes on as the world's does, and jumps ahead with the
   * machine's clock, since nobody there can tell that from time that has passed.
   */
  private clock(): number {
    return this.runtime.time.now + this.runtime.aheadMs;
  }
}
