import { writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { ApiClient } from "../api-client.ts";
import { Phones } from "../phones.ts";
import { buildLab } from "../../local/build.ts";
import { portsFrom } from "../../local/layout.ts";
import { seed, seedOne } from "../../local/seed.ts";
import { type Link, type Stack, startStack } from "../../local/stack.ts";
import { EdgeControl } from "./edge-control.ts";
import type { LabAccount } from "./evidence.ts";
import type { HostNumber, LinkName } from "./fault.ts";
import { TcpProxy } from "./tcp-proxy.ts";

/** How long an app waits for an answer before it repeats its request. */
const APP_PATIENCE_MS = 6_000;
const LINK_WITHIN_MS = 60_000;
const hostClock = new URL("./host-clock.ts", import.meta.url);

/** A tenant as the lab knows it: its app behind the link that breaks, and a way around that link. */
export type Tenant = { app: ApiClient; person: ApiClient };

/** The whole system with something between its parts, two tenants, and their linked accounts. */
export type LabWorld = AsyncDisposable & {
  directory: string;
  stack: Stack;
  edgeUrl: string;
  control: EdgeControl;
  links: ReadonlyMap<LinkName, TcpProxy>;
  phones: Phones;
  tenants: Tenant[];
  accounts: LabAccount[];
  setHostClock: (host: HostNumber, offsetMs: number) => void;
  /** Where the host is to die when it is told so. */
  setCrash: (host: HostNumber, plan: string) => void;
};

export type WorldOptions = {
  directory: string;
  port: number;
  hosts: number;
  accountsOf: readonly number[];
};

const noLimits = { per_minute: 100_000, per_hour: 1_000_000, per_day: 10_000_000 };
/** Small enough that a run of minutes reaches them. */
const tightLimits = { per_minute: 20, per_hour: 400, per_day: 4_000 };

export async function startWorld(options: WorldOptions): Promise<LabWorld> {
  const { directory, port, hosts } = options;
  const links = new Map<LinkName, TcpProxy>();
  const control = await EdgeControl.open();
  const crashFile = (host: number): string => `${directory}/crash-${host}`;
  const clockFile = (host: number): string => `${directory}/clock-${host}`;
  const stack = await startStack({
    directory,
    port,
    hosts,
    tampering: {
      bundle: buildLab,
      bindings: { LAB_URL: control.url },
      hostArguments: (host) => {
        const module = new URL(hostClock);
        module.searchParams.set("offset", clockFile(host));
        return ["--import", module.href];
      },
      route: async (link, target) => {
        const proxy = await TcpProxy.open(target);
        links.set(nameOf(link), proxy);
        return proxy.port;
      },
    },
  });
  const edgeUrl = `http://127.0.0.1:${portsFrom(port).edge}`;
  control.tellEdgeAt(edgeUrl);
  const world: LabWorld = {
    directory,
    stack,
    edgeUrl,
    control,
    links,
    phones: new Phones(stack.sandboxUrl),
    tenants: [],
    accounts: [],
    setCrash: (host, plan) => writeFileSync(crashFile(host), plan),
    setHostClock: (host, offsetMs) => writeFileSync(clockFile(host), String(offsetMs)),
    async [Symbol.asyncDispose]() {
      await stack[Symbol.asyncDispose]();
      await control[Symbol.asyncDispose]();
      for (const proxy of links.values()) await proxy[Symbol.asyncDispose]();
    },
  };
  try {
    await populate(world, options.accountsOf);
    return world;
  } catch (error) {
    await world[Symbol.asyncDispose]();
    throw error;
  }
}

/** Links the account to the phone of its number, as a person does; whatever it was before. */
export async function linkPhone(
  world: LabWorld,
  { id, tenant, number }: Pick<LabAccount, "id" | "tenant" | "number">,
): Promise<void> {
  const api = personOf(world, tenant);
  const deadline = Date.now() + LINK_WITHIN_MS;
  await api.startLink(id);
  let scanned: string | null = null;
  while (Date.now() < deadline) {
    const { qr } = await api.link(id);
    if (qr !== null && qr !== scanned) {
      scanned = qr;
      await world.phones.post(`/phones/${number}/scan`, { qr });
    }
    if ((await api.account(id)).state === "connected") return;
    await pause(50);
  }
  throw new Error(`The account ${id} could not be linked.`);
}

export function personOf({ tenants }: LabWorld, tenant: number): ApiClient {
  const found = tenants[tenant];
  if (found === undefined) throw new Error(`There is no tenant ${tenant}.`);
  return found.person;
}

async function populate(world: LabWorld, accountsOf: readonly number[]): Promise<void> {
  const { stack, edgeUrl, tenants, accounts } = world;
  const { tenant } = await seed(stack);
  const other = await seedOne(stack, {
    email: "other@sandbox.localhost",
    password: stack.secrets.tenant_password,
    organisation: "Other",
    with_key: true,
  });
  for (const key of [tenant.api_key, other.api_key ?? ""]) {
    tenants.push({
      app: new ApiClient(stack.apiUrl, key, APP_PATIENCE_MS),
      person: new ApiClient(edgeUrl, key, APP_PATIENCE_MS),
    });
  }
  for (const [index, count] of accountsOf.entries()) {
    for (let nth = 0; nth < count; nth++) {
      const api = personOf(world, index);
      const number = `1555060${index}${String(nth).padStart(3, "0")}`;
      const { id } = await api.createAccount(`Lab ${number}`);
      // The first of each tenant has limits that it will reach.
      const limits = nth === 0 ? tightLimits : null;
      const account: LabAccount = {
        id,
        tenant: index,
        number,
        limits,
        limitedUntil: null,
        relinked: [],
      };
      if (limits !== null) await setLimits(api, id, limits);
      await linkPhone(world, account);
      accounts.push(account);
    }
  }
}

/** Lets go what limits have held back, so that a run need not wait for their windows. */
export async function liftLimits(world: LabWorld): Promise<void> {
  for (const account of world.accounts) {
    if (account.limits === null) continue;
    account.limitedUntil = Date.now();
    await setLimits(personOf(world, account.tenant), account.id, noLimits);
  }
}

async function setLimits(api: ApiClient, id: string, limits: object): Promise<void> {
  const path = `/v1/accounts/${id}/limits`;
  const present = await (await api.raw(path)).json();
  const body = { ...(present as object), ...limits };
  const answer = await api.raw(path, { method: "PUT", body });
  if (!answer.ok) throw new Error(`Setting limits failed: ${await answer.text()}`);
}

function nameOf({ from, to }: Link): LinkName {
  // The three kinds of link that startStack asks for.
  return `${from}-${to}` as LinkName;
}

/** Where the logs of a part lie. */
export function logOf(directory: string, part: "edge" | `host-${number}`): string {
  return `${directory}/logs/${part}.log`;
}
