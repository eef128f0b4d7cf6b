import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { defaultTimings } from "../timings.ts";
import { EdgeLink } from "./edge-link.ts";

test("a link that is still dialling can be closed", async () => {
  // Takes connections and never says a word.
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const link = new EdgeLink({
    url: new URL(`ws://127.0.0.1:${port}`),
    host: "host-1",
    region: null,
    incarnation: "1",
    token: () => Promise.resolve("token"),
    load: () => ({
      sessions: 0,
      capacity: 1,
      rss_bytes: 1,
      memory_limit_bytes: 1,
      event_loop_delay_ms: 0,
    }),
    sessions: () => [],
    isDraining: () => false,
    onCommand: () => undefined,
    onReady: () => undefined,
    onForgotten: () => undefined,
    log: () => undefined,
    timings: defaultTimings,
  });
  await once(server, "connection");
  await expect(link.close()).resolves.toBeUndefined();
  server.close();
});
