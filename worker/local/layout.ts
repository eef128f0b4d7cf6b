import { fileURLToPath } from "node:url";

/** The checkout's root. */
export const root = fileURLToPath(new URL("../../", import.meta.url));

/** Where everything that runs here keeps its state; `npm start -- --reset` empties it. */
export const stateDirectory = `${root}.roost`;

/** What one stack listens on: `PORT` and the numbers after it. */
export type Ports = { web: number; whatsapp: number; mail: number; smtp: number; edge: number };

/** The Worker serves pages and API alike; under hot reload Vite serves the pages before it. */
export function portsFrom(first: number, isHot = false): Ports {
  const edge = isHot ? first + 4 : first;
  return { web: first, whatsapp: first + 1, mail: first + 2, smtp: first + 3, edge };
}

/** The first port, from `PORT`; a sentence when it is not a number that works. */
export function readFirstPort(text: string | undefined): number {
  if (text === undefined || text === "") return 8787;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_500) {
    throw new Error(`PORT must be a number from 1 to 65500, not "${text}".`);
  }
  return port;
}
