import { feel, presentFaults } from "./present-faults.ts";

/** How often a hanging statement looks whether the database answers again. */
const LOOK_MS = 100;
const RUNNING = new Set(["run", "all", "raw", "first"]);
const originals = new WeakMap<object, D1PreparedStatement>();

/** The database as the lab has it: real, and away while the lab says so. */
export function faultyD1(d1: D1Database): D1Database {
  return new Proxy(d1, {
    get(target, name) {
      if (name === "prepare") return (sql: string) => faultyStatement(target.prepare(sql));
      if (name === "batch") {
        return async (statements: D1PreparedStatement[]) => {
          await answering();
          return target.batch(statements.map((each) => originals.get(each) ?? each));
        };
      }
      return bound(target, name);
    },
  });
}

function faultyStatement(statement: D1PreparedStatement): D1PreparedStatement {
  const faulty = new Proxy(statement, {
    get(target, name) {
      if (name === "bind") {
        return (...values: unknown[]) => faultyStatement(target.bind(...values));
      }
      if (typeof name !== "string" || !RUNNING.has(name)) return bound(target, name);
      const run = bound(target, name) as (...args: unknown[]) => Promise<unknown>;
      return async (...args: unknown[]) => {
        await answering();
        return run(...args);
      };
    },
  });
  originals.set(faulty, statement);
  return faulty;
}

/** Waits while the database hangs; what has hung then fails, as a request that timed out does. */
async function answering(): Promise<void> {
  const { d1 } = presentFaults();
  if (d1 === "works") return;
  feel("d1");
  while (presentFaults().d1 === "hangs") await scheduler.wait(LOOK_MS);
  throw new Error(`D1_ERROR: the lab's database ${d1}`);
}

function bound(target: object, name: string | symbol): unknown {
  const value: unknown = Reflect.get(target, name, target);
  return typeof value === "function" ? (value.bind(target) as unknown) : value;
}
