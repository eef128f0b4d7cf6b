import type { IncomingMessage, ServerResponse } from "node:http";
import type { Network } from "../network/network.ts";

const HEARTBEAT_MS = 15_000;

/** What goes on, as server-sent events, until the caller leaves. */
export function streamActivity(
  network: Network,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  response.writeHead(200, {
    "content-type": "text/event-stream",
    "cache-control": "no-store",
  });
  response.write(": the sandbox is listening\n\n");
  const stopWatching = network.watch((activity) => {
    response.write(`data: ${JSON.stringify(activity)}\n\n`);
  });
  const heartbeat = setInterval(() => response.write(": still here\n\n"), HEARTBEAT_MS);
  request.on("close", () => {
    clearInterval(heartbeat);
    stopWatching();
  });
}
