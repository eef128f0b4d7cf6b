import type { HostFrame } from "@roost/contract/host";
import type { KeysRequest } from "./edge-link.ts";

type Values = (string | null)[] | null;
type Waiting = { frame: HostFrame; resolve: (values: Values) => void; timer: NodeJS.Timeout };

/** Reads of stored keys that wait for the edge. They change nothing, so they are asked until answered. */
export class KeyRequests {
  readonly #send: (frame: HostFrame) => void;
  readonly #againMs: number;
  readonly #waiting = new Map<number, Waiting>();
  #nextNumber = 1;

  constructor(send: (frame: HostFrame) => void, againMs: number) {
    this.#send = send;
    this.#againMs = againMs;
  }

  /** Null when this epoch is not the account's own any more. */
  ask(request: KeysRequest): Promise<Values> {
    const number = this.#nextNumber++;
    const frame: HostFrame = { type: "keys_get", request: number, ...request };
    return new Promise((resolve) => {
      const timer = setInterval(() => this.#send(frame), this.#againMs);
      this.#waiting.set(number, { frame, resolve, timer });
      this.#send(frame);
    });
  }

  /** A second answer to the same question is nobody's. */
  answer(number: number, values: Values): void {
    const waiting = this.#waiting.get(number);
    this.#waiting.delete(number);
    clearInterval(waiting?.timer);
    waiting?.resolve(values);
  }

  /** Asks everything again, because the connection is a new one. */
  repeat(): void {
    for (const { frame } of this.#waiting.values()) this.#send(frame);
  }

  /** Nobody will answer any more. */
  close(): void {
    for (const number of this.#waiting.keys()) this.answer(number, null);
  }
}
