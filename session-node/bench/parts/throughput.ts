import type { Table } from "../table.ts";
import type { BenchWorld } from "../world.ts";

const TOTAL = 2_000;
const MAX_CONTACTS = 20;
/** So many from the first account before anything is measured: code gets compiled. */
const WARM_UP = 300;
const ACCEPTED = 2_000;

/** Messages per second through so many accounts, beside what raw Baileys sends in the same run. */
export async function measureThroughput(
  world: BenchWorld,
  table: Table,
  accounts: number,
): Promise<void> {
  const { raw, roost } = world;
  await world.linkUpTo(accounts);
  const perAccount = Math.ceil(TOTAL / accounts);
  const contacts = Math.min(MAX_CONTACTS, Math.ceil(perAccount / 3));
  const inFlight = accounts === 1 ? 16 : 4;
  const command = { kind: "send", accounts, contacts, inFlight } as const;
  // Everybody is written to once before it counts: a first message costs keys.
  const first = Math.max(contacts, Math.ceil(WARM_UP / accounts));
  await raw.run({ ...command, perAccount: first });
  await roost.sendThrough(accounts, first, contacts);

  const perSecond = (ms: number): number => (accounts * perAccount) / (ms / 1_000);
  const rawRate = perSecond(await raw.run({ ...command, perAccount }));
  const name = accounts === 1 ? "1 account" : `${accounts} accounts`;
  const shared = { raw: rawRate, unit: "messages/s" };
  table.add({
    what: `${name}, backlog`,
    roost: perSecond(await roost.sendBacklog(accounts, perAccount, contacts)),
    budget: { ratio: 0.8 },
    ...shared,
  });
  table.add({
    what: `${name}, API included`,
    roost: perSecond(await roost.sendThrough(accounts, perAccount, contacts)),
    budget: { ratio: 0.8 },
    ...shared,
  });
}

/** Requests alone, while the queue is paused. */
export async function measureAccepting({ roost }: BenchWorld, table: Table): Promise<void> {
  const accepted = await roost.accept(ACCEPTED, 16);
  table.add({ what: "accepted requests", roost: accepted.perSecond, unit: "per second" });
  table.add({ what: "accept, p50", roost: accepted.p50, unit: "ms", isLessBetter: true });
  table.add({ what: "accept, p99", roost: accepted.p99, unit: "ms", isLessBetter: true });
}
