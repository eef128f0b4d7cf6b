import { EdgeNote } from "./edge-faults.ts";
import type { Met } from "./has-struck.ts";
import type { Belief } from "./evidence.ts";
import { LogTail } from "./log-tail.ts";
import { killWorkerd } from "./strike.ts";
import { type LabWorld, logOf } from "./world.ts";

/** An account was on a host that went away, and connected again. */
export type FailOver = { cause: "crash" | "silence"; ms: number };

type Lost = { cause: FailOver["cause"]; at: number; epoch: number };

/** Follows what the parts write down: who is believed, where sessions live, where the edge wants to die. */
export class Observer implements Disposable {
  readonly beliefs: Belief[] = [];
  readonly failOvers: FailOver[] = [];
  /** What was met of what was broken, and when: by name, as `hasStruck` asks for it. */
  readonly met: Met[] = [];
  readonly #world: LabWorld;
  readonly #tails: LogTail[];
  /** By account: the host and epoch of the last connection. */
  readonly #places = new Map<string, { host: number; epoch: number }>();
  readonly #lost = new Map<string, Lost>();
  #crashes = 0;

  constructor(world: LabWorld) {
    this.#world = world;
    const { directory, stack } = world;
    this.#tails = [
      new LogTail(logOf(directory, "edge"), (line) => this.#heardFromEdge(line)),
      ...stack.hosts.map(
        (_, index) =>
          new LogTail(logOf(directory, `host-${index + 1}`), (line) =>
            this.#heardFromHost(index + 1, line),
          ),
      ),
    ];
  }

  /** How often the edge died at a place that it was told to die at. */
  get crashes(): number {
    return this.#crashes;
  }

  /** A host is gone from now on; its accounts have to live again somewhere. */
  hostGone(host: number, cause: FailOver["cause"]): void {
    const at = Date.now();
    for (const [account, place] of this.#places) {
      if (place.host !== host || this.#lost.has(account)) continue;
      this.#lost.set(account, { cause, at, epoch: place.epoch });
    }
  }

  /** It was there all the time: what did not move did not have to. */
  hostThere(host: number): void {
    for (const [account, place] of this.#places) {
      if (place.host === host && this.#lost.get(account)?.cause === "silence") {
        this.#lost.delete(account);
      }
    }
  }

  [Symbol.dispose](): void {
    for (const tail of this.#tails) tail[Symbol.dispose]();
  }

  #heardFromEdge(line: string): void {
    if (!line.includes('"lab"')) return;
    const note = EdgeNote.safeParse(parsed(line));
    if (!note.success) return;
    if (note.data.lab === "believed") {
      const { at, account, host, epoch } = note.data;
      this.beliefs.push({ at, account, host, epoch });
      return;
    }
    if (note.data.lab === "felt") {
      this.met.push({ at: Date.now(), what: note.data.fault });
      return;
    }
    this.met.push({ at: Date.now(), what: `edge at ${note.data.at}` });
    this.#crashes += 1;
    // It would die at once again as soon as it is there.
    this.#world.control.set({ crash: null });
    killWorkerd(this.#world);
  }

  #heardFromHost(host: number, line: string): void {
    if (line.includes('"host.started"')) {
      this.met.push({ at: Date.now(), what: `host ${host} started` });
    }
    if (!line.includes('"session.connected"')) return;
    const said = parsed(line) as { account?: unknown; epoch?: unknown } | null;
    if (typeof said?.account !== "string" || typeof said.epoch !== "number") return;
    const { account, epoch } = said;
    this.#places.set(account, { host, epoch });
    const lost = this.#lost.get(account);
    if (lost === undefined || epoch <= lost.epoch) return;
    this.#lost.delete(account);
    this.failOvers.push({ cause: lost.cause, ms: Date.now() - lost.at });
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line.slice(line.indexOf("{")));
  } catch {
    return null;
  }
}
