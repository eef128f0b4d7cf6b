import { setTimeout as pause } from "node:timers/promises";
import { Event } from "@roost/contract/events";
import { listOf } from "@roost/contract/lists";
import type { ApiClient } from "../api-client.ts";
import type { LabAccount, Reading } from "./evidence.ts";
import type { LabWorld } from "./world.ts";

const PAGE_EVERY_MS = 700;
const AGAIN_AFTER_MS = 300;
/** The stream beats every 15 s: a reader that hears nothing for longer opens another. */
const STREAM_SILENT_MS = 20_000;
const Events = listOf(Event);

/**
 * Two readers of every account's journal, each with its own cursor, behind the link that breaks: one
 * asks for pages, one listens to the stream and goes on from its last event.
 */
export class Readers {
  readonly readings: Reading[] = [];
  readonly #stop = new AbortController();
  readonly #running: Promise<void>[] = [];

  constructor(world: LabWorld) {
    for (const account of world.accounts) {
      const app = world.tenants[account.tenant]?.app;
      if (app === undefined) continue;
      this.#running.push(this.#readPages(app, account), this.#listen(app, account));
    }
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#running);
  }

  async #readPages(app: ApiClient, { id }: LabAccount): Promise<void> {
    const reading = this.#begin(id, "a reader of pages", true);
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        const after = reading.events.at(-1)?.seq ?? 0;
        const path = `/v1/events?account=${id}&after=${after}&limit=100`;
        reading.events.push(...(await app.call(Events, path)).data);
      } catch {
        // Again in a moment, from the same place.
      }
      await pause(PAGE_EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  async #listen(app: ApiClient, { id }: LabAccount): Promise<void> {
    const reading = this.#begin(id, "a listener to the stream", false);
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        await this.#listenOnce(app, id, reading);
      } catch {
        // Broken off: the next stream goes on after the last event.
      }
      await pause(AGAIN_AFTER_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  async #listenOnce(app: ApiClient, account: string, reading: Reading): Promise<void> {
    const silent = new AbortController();
    const signal = AbortSignal.any([this.#stop.signal, silent.signal]);
    const last = reading.events.at(-1)?.id;
    let timer = setTimeout(() => silent.abort(), STREAM_SILENT_MS);
    try {
      const response = await fetch(`${app.url}/v1/events/stream?account=${account}`, {
        headers: {
          authorization: `Bearer ${app.key}`,
          ...(last === undefined ? {} : { "last-event-id": last }),
        },
        signal,
      });
      if (!response.ok || response.body === null) {
        await response.body?.cancel();
        return;
      }
      let rest = "";
      for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
        clearTimeout(timer);
        timer = setTimeout(() => silent.abort(), STREAM_SILENT_MS);
        const blocks = (rest + text).split("\n\n");
        rest = blocks.pop() ?? "";
        reading.events.push(...blocks.flatMap(eventIn));
      }
    } finally {
      clearTimeout(timer);
    }
  }

  #begin(account: string, reader: string, isFromStart: boolean): Reading {
    const reading: Reading = { account, reader, isFromStart, events: [] };
    this.readings.push(reading);
    return reading;
  }
}

function eventIn(block: string): Event[] {
  const [, json] = /^data: (.*)$/m.exec(block) ?? [];
  return json === undefined ? [] : [Event.parse(JSON.parse(json))];
}
