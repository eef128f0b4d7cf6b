import type { FaultKind, FaultSpec } from "./schema.ts";

/** A fault that was asked for, with how often it still applies (null: until it is ended). */
export type Fault<K extends FaultKind = FaultKind> = Extract<FaultSpec, { kind: K }> & {
  id: number;
  remaining: number | null;
  applied: number;
};

/** These happen once, at the moment they are asked for; the others last until they are ended. */
const MOMENTARY: ReadonlySet<FaultKind> = new Set([
  "drop",
  "replaced",
  "logged_out",
  "bad_frame",
  "restart",
  "stream_error",
] satisfies FaultKind[]);

/** The faults in force. Handlers ask it at the points where something may go wrong. */
export class Faults {
  private faults: Fault[] = [];
  private nextId = 1;

  add(spec: FaultSpec): Fault {
    const remaining = spec.count ?? (isMomentary(spec.kind) ? 1 : null);
    const fault: Fault = { ...spec, id: this.nextId++, remaining, applied: 0 };
    this.faults.push(fault);
    return fault;
  }

  list(): readonly Fault[] {
    this.faults = this.faults.filter((fault) => fault.remaining !== 0 && !isOver(fault));
    return this.faults;
  }

  /** Ends all of them; answers which there were. */
  clear(): readonly Fault[] {
    const ended = this.list();
    this.faults = [];
    return ended;
  }

  /** The oldest fault of this kind for this number, without using it up. */
  find<K extends FaultKind>(kind: K, number?: string): Fault<K> | undefined {
    // Nearly always, and on every stanza.
    if (this.faults.length === 0) return undefined;
    return this.list().find(
      (fault): fault is Fault<K> => fault.kind === kind && appliesTo(fault, number),
    );
  }

  /** Like `find`, and one of its times is used up. */
  take<K extends FaultKind>(kind: K, number?: string): Fault<K> | undefined {
    const fault = this.find(kind, number);
    if (fault) use(fault);
    return fault;
  }
}

/** Counts one application. */
export function use(fault: Fault): void {
  fault.applied++;
  if (fault.remaining !== null) fault.remaining--;
}

export function isMomentary(kind: FaultKind): boolean {
  return MOMENTARY.has(kind);
}

/** A fault without a number is everybody's. */
export function appliesTo(fault: FaultSpec, number: string | undefined): boolean {
  return !("number" in fault) || fault.number === undefined || fault.number === number;
}

function isOver(fault: Fault): boolean {
  return fault.kind === "time_lock" && Date.parse(fault.until) <= Date.now();
}
