import type { HostState } from "@roost/contract/admin";
import { BEAT_EVERY_MS, type Load } from "@roost/contract/host";
import { memoryUsed, UNWELL } from "@roost/contract/host-condition";
import type { Id } from "@roost/contract/ids";

/** What placement knows of a host, and since when. */
export type HostFacts = {
  state: HostState;
  load: Load;
  seenAt: number;
  /** It gave a start back, or could not be reached: it is left out until its next beat. */
  isRefusing: boolean;
  /** How many accounts of each tenant are there. */
  tenants: ReadonlyMap<Id<"tenant">, number>;
};
export type Hosts = ReadonlyMap<string, HostFacts>;

/** An account that looks for a host; `except` is left out. */
export type Seeker = { tenant: Id<"tenant">; except: string | null };

/** Later than this after its last beat a host may be frozen: others are asked first. */
const STALE_AFTER_MS = 2.5 * BEAT_EVERY_MS;
/** How much each kind of room counts; together 1. */
const WEIGHTS = { sessions: 0.4, memory: 0.4, calm: 0.2 };
/** How much of its room a host loses in the eyes of a tenant that has all its accounts there. */
const SPREAD = 0.5;

/**
 * The room of a host, 0 to 1: of sessions, of memory, and of time in its event loop, as a weighted
 * product. Where one of them is used up there is none, however much of the others is left.
 */
export function roomOf(load: Load): number {
  const sessions = free(load.capacity === 0 ? 1 : load.sessions / load.capacity);
  const memory = free(memoryUsed(load) / UNWELL.memory.from);
  const calm = free(load.event_loop_delay_ms / UNWELL.delayMs.from);
  return sessions ** WEIGHTS.sessions * memory ** WEIGHTS.memory * calm ** WEIGHTS.calm;
}

/** Whether the host takes accounts at all. */
export function admits({ state, load, isRefusing }: HostFacts): boolean {
  return state === "up" && !isRefusing && load.sessions < load.capacity && roomOf(load) > 0;
}

/**
 * The host with the most room, or null when none has any. A tenant's accounts are spread, so that the
 * loss of one host is not the loss of all of them; hosts that have not beaten lately come last.
 */
export function chooseHost(hosts: Hosts, { tenant, except }: Seeker, now: number): string | null {
  let ofTenant = 0;
  for (const { tenants } of hosts.values()) ofTenant += tenants.get(tenant) ?? 0;
  let best: { name: string; isFresh: boolean; score: number } | null = null;
  for (const [name, facts] of hosts) {
    if (name === except || !admits(facts)) continue;
    const share = ofTenant === 0 ? 0 : (facts.tenants.get(tenant) ?? 0) / ofTenant;
    const score = roomOf(facts.load) * (1 - SPREAD * share);
    const isFresh = now - facts.seenAt < STALE_AFTER_MS;
    const isBetter =
      best === null || (isFresh === best.isFresh ? score > best.score : isFresh && !best.isFresh);
    if (isBetter) best = { name, isFresh, score };
  }
  return best?.name ?? null;
}

/** How many accounts more the host can take, each of about this size. */
export function placesOf(facts: HostFacts, sessionBytes: number): number {
  if (!admits(facts)) return 0;
  const { sessions, capacity, rss_bytes, memory_limit_bytes } = facts.load;
  const bytes =
    memory_limit_bytes === 0 ? Infinity : memory_limit_bytes * UNWELL.memory.from - rss_bytes;
  return Math.max(0, Math.min(capacity - sessions, Math.floor(bytes / sessionBytes)));
}

function free(used: number): number {
  return Math.min(1, Math.max(0, 1 - used));
}
