/**
 * Loaded before the code of a host in the lab (`node --import`): its clock is ahead or behind by what
 * the file named in this module's address says. Timers run as they always do.
 */
import { readFileSync } from "node:fs";

const LOOK_EVERY_MS = 100;
const file = new URL(import.meta.url).searchParams.get("offset") ?? "";
const TrueDate = Date;
const trueNow = Date.now.bind(Date);
let offsetMs = read();

const now = (): number => trueNow() + offsetMs;
globalThis.Date = new Proxy(TrueDate, {
  construct: (target, args: [], newTarget) =>
    // Only "now" is wrong; a date that is given stays what it is.
    Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget) as Date,
  get: (target, name) => (name === "now" ? now : Reflect.get(target, name, target)),
});
setInterval(() => (offsetMs = read()), LOOK_EVERY_MS).unref();

function read(): number {
  try {
    return Number(readFileSync(file, "utf8")) || 0;
  } catch {
    // Nobody has touched this host's clock yet.
    return 0;
  }
}
