import type { AccountState } from "@roost/contract/accounts";
import { inArray, sql } from "drizzle-orm";
import { accountStub } from "../accounts/account-stub.ts";
import type { System } from "../context.ts";
import { accounts } from "../db/accounts.ts";
import { describeError, log } from "../log.ts";
import { allFleets, hostStub } from "./stubs.ts";

/** States in which an account is on its way to a host, and ought not to stay. */
const ON_ITS_WAY: AccountState[] = ["linking", "connecting", "reconnecting"];
/** The directory is read this often for those that are on no host's list. */
const EVERY_MINUTES = 10;
const AT_ONCE = 200;

/**
 * The watchdog, once a minute: objects whose alarm is overdue or was lost do now what it was for. Hosts
 * look after the accounts on them; those without a host are found among the waiting, or in the directory.
 */
export async function watchFleet(system: Pick<System, "env" | "db" | "now">): Promise<void> {
  const { env } = system;
  const fleets = await allFleets(env);
  await Promise.all(fleets.map((fleet) => looked("fleet", fleet.look())));
  const names = await Promise.all(fleets.map((fleet) => fleet.hostNames()));
  await Promise.all(names.flat().map((name) => looked(name, hostStub(env, name).look())));
  const minute = Math.floor(system.now() / 60_000);
  if (minute % EVERY_MINUTES === 0) await looked("directory", lookForLost(system));
}

async function lookForLost({ env, db }: Pick<System, "env" | "db">): Promise<void> {
  const rows = await db
    .select({ id: accounts.id })
    .from(accounts)
    .where(inArray(accounts.state, ON_ITS_WAY))
    .orderBy(sql`random()`)
    .limit(AT_ONCE);
  await Promise.all(rows.map(({ id }) => looked(id, accountStub(env, id).look())));
}

/** One that fails holds up nobody; in a minute it is looked at again. */
async function looked(name: string, look: Promise<void>): Promise<void> {
  try {
    await look;
  } catch (error) {
    log({ event: "watchdog.failed", object: name, error: describeError(error) });
  }
}
