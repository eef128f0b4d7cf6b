import { execFileSync } from "node:child_process";
import type { Service } from "../../local/service.ts";
import { noEdgeFaults } from "./edge-faults.ts";
import type { Fault, WhatsAppFault } from "./fault.ts";
import { NetworkFault } from "../phones.ts";
import type { LabWorld } from "./world.ts";

const TIME_LOCK_MS = 20_000;

/** Whether what was to be struck was there, and how to end it; null where it ends by itself. */
export type Begun = {
  isMade: boolean;
  /** False: in the end it has struck nothing. */
  end: (() => Promise<boolean | void>) | null;
};

/** Makes it happen. */
export async function strike(world: LabWorld, fault: Fault): Promise<Begun> {
  const { control, links, stack } = world;
  switch (fault.kind) {
    case "host_killed":
      return { isMade: signal(hostOf(world, fault.host), "SIGKILL"), end: null };
    case "host_drained":
      return { isMade: signal(hostOf(world, fault.host), "SIGTERM"), end: null };
    case "host_frozen": {
      const host = hostOf(world, fault.host);
      const isMade = signal(host, "SIGSTOP");
      return { isMade, end: async () => void signal(host, "SIGCONT") };
    }
    case "host_crash": {
      const host = hostOf(world, fault.host);
      world.setCrash(fault.host, `${fault.at}:${fault.passes + 1}`);
      return { isMade: signal(host, "SIGUSR2"), end: null };
    }
    case "workerd_killed":
      killWorkerd(world);
      return { isMade: true, end: null };
    case "edge_killed":
      return { isMade: signal(stack.edge, "SIGKILL"), end: null };
    case "edge_restarted": {
      const before = pidOf(stack.edge);
      const isMade = signal(stack.edge, "SIGTERM");
      // Asked to end, it may wait for ever for a workerd that stands still.
      const end = async (): Promise<void> => {
        if (pidOf(stack.edge) === before) signal(stack.edge, "SIGKILL");
      };
      return { isMade, end };
    }
    case "edge_crash":
      control.set({ crash: { at: fault.at, passes: fault.passes } });
      // Where the place is not reached in time there is no crash.
      return { isMade: true, end: async () => control.set({ crash: null }) };
    case "disk_full":
      control.set({ failingWrites: fault.writes });
      return { isMade: true, end: async () => control.set({ failingWrites: 0 }) };
    case "d1":
      control.set({ d1: fault.how });
      return { isMade: true, end: async () => control.set({ d1: "works" }) };
    case "queue":
      control.set({ queue: fault.how });
      return { isMade: true, end: async () => control.set({ queue: "works" }) };
    case "alarms":
      control.set({ alarms: fault.how });
      return { isMade: true, end: async () => control.set({ alarms: "work" }) };
    case "clock": {
      const set = (ms: number): void => {
        if (fault.of === "edge") control.set({ clockMs: ms });
        else world.setHostClock(fault.of, ms);
      };
      set(fault.ms);
      return { isMade: true, end: async () => set(0) };
    }
    case "link":
    case "link_flaps": {
      const link = links.get(fault.link);
      if (link === undefined) throw new Error(`There is no link ${fault.link}.`);
      if (fault.kind === "link") link.set(fault.mode);
      else link.flap(fault);
      const end = async (): Promise<void> => {
        link.set("pass");
        if (fault.kind === "link" && fault.forgets) link.reset();
      };
      return { isMade: true, end };
    }
    case "whatsapp_killed":
      return { isMade: signal(stack.whatsapp, "SIGKILL"), end: null };
    case "whatsapp":
      return strikeOnNetwork(world, fault.spec, fault.account);
  }
}

/** Everything is as it should be again, whatever was struck. */
export async function heal(world: LabWorld): Promise<void> {
  world.control.set(noEdgeFaults);
  for (const link of world.links.values()) link.set("pass");
  for (const [index, host] of world.stack.hosts.entries()) {
    signal(host, "SIGCONT");
    world.setHostClock(index + 1, 0);
  }
  await world.stack.ready();
  await world.phones.delete("/faults");
}

/**
 * Kills workerd and leaves the process that serves it to notice. Where there is no workerd to be found,
 * because everything is just being started or stopped, that process is killed itself.
 */
export function killWorkerd({ stack }: LabWorld): void {
  const children = childrenOf(stack.edge);
  for (const pid of children) process.kill(pid, "SIGKILL");
  if (children.length === 0) signal(stack.edge, "SIGKILL");
}

function childrenOf(service: Service): number[] {
  try {
    const found = execFileSync("pgrep", ["-P", String(service.pid)], { encoding: "utf8" });
    return found.trim().split("\n").map(Number);
  } catch {
    return [];
  }
}

async function strikeOnNetwork(
  world: LabWorld,
  spec: WhatsAppFault,
  account: number | null,
): Promise<Begun> {
  const struck = account === null ? undefined : world.accounts[account];
  const number =
    struck === undefined || spec.kind === "refuse_upgrade" ? {} : { number: struck.number };
  const until =
    spec.kind === "time_lock" ? { until: new Date(Date.now() + TIME_LOCK_MS).toISOString() } : {};
  try {
    const fault = NetworkFault.parse(
      await world.phones.post("/faults", { ...spec, ...number, ...until }),
    );
    // These wait for the next login, so there has to be one.
    if (spec.kind === "failure" || spec.kind === "refuse_upgrade") {
      await world.phones.post("/faults", {
        kind: "drop",
        ...(struck === undefined ? {} : { number: struck.number }),
      });
    }
    // What is used up is in the list no more; what was told at once has struck.
    const isTold = spec.kind === "time_lock" || spec.kind === "new_chat_cap";
    const end = async (): Promise<boolean> => {
      const left = (await world.phones.faults()).find(({ id }) => id === fault.id);
      return isTold || left === undefined || left.applied > 0;
    };
    // What happens at once and met nobody is over.
    return { isMade: fault.remaining !== 0 || fault.applied > 0, end };
  } catch {
    // The network is just being started again, and forgets its faults anyway.
    return { isMade: false, end: null };
  }
}

function pidOf(service: Service): number | null {
  try {
    return service.pid;
  } catch {
    // It is just being started again.
    return null;
  }
}

function hostOf({ stack }: LabWorld, number: number): Service {
  const host = stack.hosts[number - 1];
  if (host === undefined) throw new Error(`There is no host ${number}.`);
  return host;
}

/** False when there is no such process: it is just being started again. */
function signal(service: Service, name: NodeJS.Signals): boolean {
  try {
    service.kill(name);
    return true;
  } catch {
    return false;
  }
}
