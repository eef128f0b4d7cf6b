import { createServer } from "node:net";
import type { Ports } from "./layout.ts";

/** The first of these ports that somebody else listens on, or null. */
export async function findTakenPort(ports: Ports): Promise<number | null> {
  for (const port of new Set(Object.values(ports))) {
    if (!(await isFree(port))) return port;
  }
  return null;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ host: "127.0.0.1", port, exclusive: true }, () => {
      server.close(() => resolve(true));
    });
  });
}
