import { reach } from "./crash.ts";
import { feel, presentFaults, setFaults } from "./present-faults.ts";

/** What makes a tick durable; everything else that an account writes can be had from its ticks. */
const WRITES_A_TICK = /^\s*INSERT INTO ticks/i;

/**
 * Makes an object's storage fail where the lab says so. The storage stays the real one: only what is
 * called on the way to it is different.
 */
export function tamperWithStorage(storage: DurableObjectStorage): void {
  const { sql } = storage;
  const exec = sql.exec.bind(sql);
  define(sql, "exec", (query: string, ...bindings: SqlStorageValue[]) => {
    if (!WRITES_A_TICK.test(query)) return exec(query, ...bindings);
    const { failingWrites } = presentFaults();
    if (failingWrites > 0) {
      feel("disk_full");
      setFaults({ ...presentFaults(), failingWrites: failingWrites - 1 });
      throw new Error("SQLITE_FULL: the lab's disk is full");
    }
    reach("before_write");
    const cursor = exec(query, ...bindings);
    reach("after_write");
    return cursor;
  });
  const setAlarm = storage.setAlarm.bind(storage);
  define(storage, "setAlarm", (at: number | Date) => {
    reach("before_set_alarm");
    return setAlarm(trueTimeOf(at));
  });
}

/** The platform rings by the true clock, whatever the Worker takes for the time. */
function trueTimeOf(at: number | Date): number {
  return Number(at) - presentFaults().clockMs;
}

function define(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, configurable: true });
}
