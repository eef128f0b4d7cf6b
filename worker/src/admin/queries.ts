import type { FleetError, Host, HostDetail, HostError, HostLoad } from "@roost/contract/admin";
import type { Load } from "@roost/contract/host";
import { reason } from "@roost/contract/reasons";
import type { System } from "../context.ts";
import { notFound } from "../errors.ts";
import type { HostView } from "../fleet/host-view.ts";
import { allFleets, hostStub } from "../fleet/stubs.ts";

type Asker = Pick<System, "env" | "now">;

const DAY_MS = 24 * 60 * 60 * 1000;
/** An account's line is short, but a host may hold thousands. */
const MAX_HOSTED = 1_000;
/** So many hosts are asked at once. */
const ASK_AT_ONCE = 50;

/** The hosts of the fleet by name, each as its own object knows it. */
export async function listHosts(
  asker: Asker,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<{ data: Host[]; next_cursor: string | null }> {
  const names = await hostNames(asker);
  const rest = cursor === undefined ? names : names.filter((name) => name > cursor);
  const page = rest.slice(0, limit);
  const views = await viewAll(asker, page, asker.now() - DAY_MS);
  return {
    data: views.map((view) => hostOf(view)),
    next_cursor: rest.length > limit ? (page.at(-1) ?? null) : null,
  };
}

export async function getHost(asker: Asker, name: string): Promise<HostDetail> {
  const stub = hostStub(asker.env, name);
  const [view, hosted] = await Promise.all([
    stub.view(asker.now() - DAY_MS),
    stub.hosted(MAX_HOSTED),
  ]);
  if (view === null) throw notFound("host");
  return {
    ...hostOf(view),
    hosted: hosted.map(({ account, tenant, state, since }) => ({
      id: account,
      tenant,
      state: state ?? "connected",
      since: timeOf(since),
    })),
  };
}

/** Errors of all hosts by kind, since then to the hour; the most frequent first. */
export async function listErrors(
  asker: Asker,
  since: string | undefined,
): Promise<{ data: FleetError[]; next_cursor: null }> {
  const from = since === undefined ? asker.now() - DAY_MS : Date.parse(since);
  const kinds = new Map<string, FleetError>();
  for (const { errors } of await viewAll(asker, await hostNames(asker), from)) {
    for (const error of errors.map((one) => errorOf(one))) {
      const known = kinds.get(error.reason.code);
      kinds.set(error.reason.code, {
        reason: error.reason,
        count: error.count + (known?.count ?? 0),
        hosts: 1 + (known?.hosts ?? 0),
        last_at: [error.last_at, known?.last_at ?? ""].sort().at(-1) ?? error.last_at,
      });
    }
  }
  return { data: [...kinds.values()].sort((a, b) => b.count - a.count), next_cursor: null };
}

async function hostNames({ env }: Asker): Promise<string[]> {
  const fleets = await allFleets(env);
  const names = await Promise.all(fleets.map((fleet) => fleet.hostNames()));
  return [...new Set(names.flat())].sort();
}

async function viewAll(
  { env }: Asker,
  names: readonly string[],
  errorsSince: number,
): Promise<HostView[]> {
  const views: HostView[] = [];
  for (let at = 0; at < names.length; at += ASK_AT_ONCE) {
    const some = names.slice(at, at + ASK_AT_ONCE);
    const asked = await Promise.all(some.map((name) => hostStub(env, name).view(errorsSince)));
    views.push(...asked.flatMap((view) => view ?? []));
  }
  return views;
}

function hostOf(view: HostView): Host {
  return {
    name: view.name,
    region: view.region,
    state: view.state,
    load: view.load === null ? null : loadOf(view.load),
    accounts: view.accounts,
    connected_at: timeOf(view.connectedAt),
    seen_at: timeOf(view.seenAt),
    errors: view.errors.map((error) => errorOf(error)),
  };
}

function loadOf(load: Load): HostLoad {
  const { sessions, capacity, rss_bytes, memory_limit_bytes, event_loop_delay_ms } = load;
  return { sessions, capacity, rss_bytes, memory_limit_bytes, event_loop_delay_ms };
}

function errorOf({ reason: code, count, lastAt }: HostView["errors"][number]): HostError {
  return { reason: reason(code), count, last_at: new Date(lastAt).toISOString() };
}

function timeOf(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
