import { presentFaults } from "./present-faults.ts";

const TrueDate = Date;
const trueNow = Date.now.bind(Date);

/** Puts the lab's clock in place of the machine's: `Date.now()` and `new Date()` are ahead or behind. */
export function skewClock(): void {
  const now = (): number => trueNow() + presentFaults().clockMs;
  globalThis.Date = new Proxy(TrueDate, {
    construct: (target, args: [], newTarget) =>
      // Only "now" is wrong; a date that is given stays what it is.
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget) as Date,
    get: (target, name) => (name === "now" ? now : Reflect.get(target, name, target)),
  });
}

export function trueTime(): number {
  return trueNow();
}
