import { fileURLToPath } from "node:url";

/** The checkout's root. */
export const root = fileURLToPath(new URL("../../", import.meta.url));

/** What was built, shared by every stack of this checkout. */
export const buildDirectory = `${root}.roost/build`;

/** Where `npm start` keeps its state; `ROOST_DIRECTORY` moves it, `-- --reset` empties it. */
export const stateDirectory = process.env.ROOST_DIRECTORY ?? `${root}.roost`;

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
