import type { Timings } from "../timings.ts";
import { Hearing } from "./hearing.ts";

/** After the edge believed us lost, it gets this long to stop what it has placed elsewhere. */
const SETTLE_MS = 500;

type BeliefDeps = {
  /** We are believed again, after a time when we may not have been. */
  onAgain: () => void;
  /** The edge has not heard us for so long that our accounts run elsewhere. */
  onForgotten: (silentMs: number) => void;
  timings: Pick<Timings, "pingEveryMs" | "workLeaseMs" | "letGoMs">;
};

/** Whether the edge believes that this host is there, as far as the host can know: from being heard. */
export class Belief {
  readonly #deps: BeliefDeps;
  readonly #hearing = new Hearing();
  readonly #watchTimer: NodeJS.Timeout;
  #workFrom = 0;
  #hadLapsed = true;
  #isForgotten = false;

  constructor(deps: BeliefDeps) {
    this.#deps = deps;
    this.#watchTimer = setInterval(() => this.#watch(), deps.timings.pingEveryMs);
  }

  /** Whether the edge has heard us so lately that nobody else can have our accounts. */
  get holds(): boolean {
    if (this.#hearing.silentMs() < this.#deps.timings.workLeaseMs) {
      return Date.now() >= this.#workFrom;
    }
    this.#hadLapsed = true;
    return false;
  }

  /** For how long the edge may not have heard us. */
  silentMs(): number {
    return this.#hearing.silentMs();
  }

  /** Another socket: what was asked on the one before gets no answer any more. */
  newSocket(): void {
    this.#hearing.newSocket();
  }

  /** Something was sent that the edge answers. */
  asked(): void {
    this.#hearing.asked();
  }

  /** The edge answered a ping. */
  answered(): void {
    this.#hearing.answered();
    if (!this.#hadLapsed || !this.holds) return;
    this.#hadLapsed = false;
    this.#deps.onAgain();
  }

  /** The edge answered our hello: it knows us on this socket. */
  welcomed(): void {
    this.#isForgotten = false;
    const silentMs = this.#hearing.silentMs();
    if (Number.isFinite(silentMs) && silentMs >= this.#deps.timings.workLeaseMs) {
      this.#workFrom = Date.now() + SETTLE_MS;
      setTimeout(this.#deps.onAgain, SETTLE_MS + 1).unref();
    }
    this.#hearing.answered();
    this.#hadLapsed = false;
  }

  close(): void {
    clearInterval(this.#watchTimer);
  }

  #watch(): void {
    const silentMs = this.#hearing.silentMs();
    if (silentMs >= this.#deps.timings.workLeaseMs) this.#hadLapsed = true;
    const isForgotten = Number.isFinite(silentMs) && silentMs > this.#deps.timings.letGoMs;
    if (!isForgotten || this.#isForgotten) return;
    this.#isForgotten = true;
    this.#deps.onForgotten(silentMs);
  }
}
