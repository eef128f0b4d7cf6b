import { type Id, type IdKind, newId } from "@roost/contract/ids";
import type { Role, Scope } from "@roost/contract/scopes";
import { drizzle } from "drizzle-orm/d1";
import type { Config } from "./config.ts";

/** Who asks. Behind authentication nobody knows what kind of credential it was. */
export type Principal = {
  tenantId: Id<"tenant">;
  /** The member or the key that acts. */
  actor: Id<"user"> | Id<"key">;
  scopes: ReadonlySet<Scope>;
  /** The accounts the credential is bound to; null means all of the tenant's. */
  accounts: readonly Id<"account">[] | null;
  /** Null for keys. */
  role: Role | null;
};

/** What any operation may touch, whoever asks. Tests build their own. */
export type System = {
  env: Env;
  config: Config;
  db: ReturnType<typeof drizzle>;
  requestId: Id<"request">;
  now: () => number;
  random: (bytes: number) => Uint8Array<ArrayBuffer>;
  newId: <K extends IdKind>(kind: K) => Id<K>;
  /** Work that may outlive the answer. It must catch its own failures. */
  waitUntil: (work: Promise<void>) => void;
};

/** The argument of every operation of a tenant: who asks, and all that it may touch. */
export type Context = System & Principal;

export function createSystem(
  env: Env,
  config: Config,
  waitUntil: (work: Promise<void>) => void,
): System {
  const random = (bytes: number): Uint8Array<ArrayBuffer> =>
    crypto.getRandomValues(new Uint8Array(bytes));
  const makeId = <K extends IdKind>(kind: K): Id<K> => newId(kind, Date.now(), random(16));
  return {
    env,
    config,
    db: drizzle(env.DB),
    requestId: makeId("request"),
    now: Date.now,
    random,
    newId: makeId,
    waitUntil,
  };
}
