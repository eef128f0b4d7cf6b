import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { type EdgeFaults, noEdgeFaults } from "./edge-faults.ts";

const TRY_EVERY_MS = 100;
const PATIENCE_MS = 2_000;
const MINUTE_PATIENCE_MS = 20_000;

/** Tells the lab's Worker what is wrong: at once when that changes, and when it has just started. */
export class EdgeControl implements AsyncDisposable {
  readonly #server: Server;
  #faults = noEdgeFaults;
  #edgeUrl: string | null = null;
  #version = 0;

  private constructor() {
    this.#server = createServer((_request, response) => {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(this.#faults));
    });
  }

  static async open(): Promise<EdgeControl> {
    const control = new EdgeControl();
    control.#server.listen(0, "127.0.0.1");
    await once(control.#server, "listening");
    return control;
  }

  /** Where a Worker that has just started asks. */
  get url(): string {
    // A listening TCP server has an address of this kind.
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** The edge's own address: what the lab says goes past the links that it breaks. */
  tellEdgeAt(url: string): void {
    this.#edgeUrl = url;
  }

  /** The minute's work of the Worker, now. */
  async ringMinute(): Promise<void> {
    const signal = AbortSignal.timeout(MINUTE_PATIENCE_MS);
    await fetch(`${this.#edgeUrl}/lab/cron`, { method: "POST", signal });
  }

  set(changes: Partial<EdgeFaults>): void {
    this.#faults = { ...this.#faults, ...changes };
    void this.#push(++this.#version);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#version += 1;
    this.#server.closeAllConnections();
    const closed = once(this.#server, "close");
    this.#server.close();
    await closed;
  }

  /** Until it is heard, or out of date. A Worker that is down asks when it is up again. */
  async #push(version: number): Promise<void> {
    while (this.#version === version && this.#edgeUrl !== null) {
      try {
        const response = await fetch(`${this.#edgeUrl}/lab/faults`, {
          method: "PUT",
          body: JSON.stringify(this.#faults),
          signal: AbortSignal.timeout(PATIENCE_MS),
        });
        if (response.ok) return;
      } catch {
        // Down, or not listening: again in a moment.
      }
      await pause(TRY_EVERY_MS);
    }
  }
}
