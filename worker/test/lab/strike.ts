import { execFileSync } from "node:child_process";
import type { Service } from "../../local/service.ts";
import { noEdgeFaults } from "./edge-faults.ts";
import type { Fault, WhatsAppFault } from "./fault.ts";
import type { LabWorld } from "./world.ts";

const TIME_LOCK_MS = 20_000;

/** Makes it happen. Answers how to end it; null where it ends by itself. */
export async function strike(world: LabWorld, fault: Fault): Promise<(() => Promise<void>) | null> {
  const { control, links, stack } = world;
  switch (fault.kind) {
    case "host_killed":
      return signal(hostOf(world, fault.host), "SIGKILL");
    case "host_drained":
      return signal(hostOf(world, fault.host), "SIGTERM");
    case "host_frozen": {
      const host = hostOf(world, fault.host);
      signal(host, "SIGSTOP");
      return async () => void signal(host, "SIGCONT");
    }
    case "host_crash": {
      const host = hostOf(world, fault.host);
      world.setCrash(fault.host, `${fault.at}:${fault.passes + 1}`);
      return signal(host, "SIGUSR2");
    }
    case "workerd_killed":
      killWorkerd(world);
      return null;
    case "edge_killed":
      return signal(stack.edge, "SIGKILL");
    case "edge_restarted": {
      const before = pidOf(stack.edge);
      signal(stack.edge, "SIGTERM");
      // Asked to end, it may wait for ever for a workerd that stands still.
      return async () => {
        if (pidOf(stack.edge) === before) signal(stack.edge, "SIGKILL");
      };
    }
    case "edge_crash":
      control.set({ crash: { at: fault.at, passes: fault.passes } });
      // Where the place is not reached in time there is no crash.
      return async () => control.set({ crash: null });
    case "disk_full":
      control.set({ failingWrites: fault.writes });
      return async () => control.set({ failingWrites: 0 });
    case "d1":
      control.set({ d1: fault.how });
      return async () => control.set({ d1: "works" });
    case "queue":
      control.set({ queue: fault.how });
      return async () => control.set({ queue: "works" });
    case "alarms":
      control.set({ alarms: fault.how });
      return async () => control.set({ alarms: "work" });
    case "clock": {
      const set = (ms: number): void => {
        if (fault.of === "edge") control.set({ clockMs: ms });
        else world.setHostClock(fault.of, ms);
      };
      set(fault.ms);
      return async () => set(0);
    }
    case "link":
    case "link_flaps": {
      const link = links.get(fault.link);
      if (link === undefined) throw new Error(`There is no link ${fault.link}.`);
      if (fault.kind === "link") link.set(fault.mode);
      else link.flap(fault);
      return async () => {
        link.set("pass");
        if (fault.kind === "link" && fault.forgets) link.reset();
      };
    }
    case "whatsapp_killed":
      return signal(stack.whatsapp, "SIGKILL");
    case "whatsapp":
      await strikeOnNetwork(world, fault.spec, fault.account);
      return null;
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
): Promise<void> {
  const struck = account === null ? undefined : world.accounts[account];
  const number =
    struck === undefined || spec.kind === "refuse_upgrade" ? {} : { number: struck.number };
  const until =
    spec.kind === "time_lock" ? { until: new Date(Date.now() + TIME_LOCK_MS).toISOString() } : {};
  try {
    await world.phones.post("/faults", { ...spec, ...number, ...until });
    // These wait for the next login, so there has to be one.
    if (spec.kind === "failure" || spec.kind === "refuse_upgrade") {
      await world.phones.post("/faults", {
        kind: "drop",
        ...(struck === undefined ? {} : { number: struck.number }),
      });
    }
  } catch {
    // The network is just being started again, and forgets its faults anyway.
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

function signal(service: Service, name: NodeJS.Signals): null {
  try {
    service.kill(name);
  } catch {
    // It is just being started again.
  }
  return null;
}
