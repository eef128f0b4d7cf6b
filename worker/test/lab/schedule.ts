import { crashPoints as hostCrashPoints } from "../../../session-node/src/crash-points.ts";
import { Bag, Chance } from "./chance.ts";
import { type CrashPoint, crashPoints } from "./edge-faults.ts";
import { type Fault, type LinkName, type Strike, targetOf, type WhatsAppFault } from "./fault.ts";
import { linkModes } from "./tcp-proxy.ts";

export type ScheduleOptions = {
  seed: number;
  /** How long faults are struck. */
  durationMs: number;
  hosts: number;
  accounts: number;
  /** The longest that a fault lasts: what takes minutes in earnest takes seconds in a short run. */
  longestMs: number;
};

type Draw = { fault: Fault; lastsMs: number };
type Template = (chance: Chance) => Draw;

const GAP_MS = { min: 400, max: 3_200 };
const SHORTEST_MS = 1_000;
/** A place in the code is passed so often before the process dies there. */
const MOST_PASSES = 4;
const LONGEST_FREEZE_MS = 40_000;
/** A target that is still struck is passed over; so often another one is drawn for it. */
const TRIES = 20;

/**
 * Every fault of a run, from the seed alone: nothing that happens in the run changes it. Each group of
 * faults comes as often as any other, and within a group each fault comes before one comes again.
 */
export function makeSchedule(options: ScheduleOptions): Strike[] {
  const chance = new Chance(options.seed).branch();
  const groups = groupsOf(options).map((group) => new Bag(chance, group));
  const groupBag = new Bag(chance, groups);
  const busyUntil = new Map<string, number>();
  const strikes: Strike[] = [];
  let atMs = chance.between(GAP_MS.min, GAP_MS.max);
  while (atMs < options.durationMs) {
    const drawn = drawFree(groupBag, chance, busyUntil, atMs);
    if (drawn !== null) {
      const lastsMs = Math.min(drawn.lastsMs, options.durationMs - atMs);
      strikes.push({ n: strikes.length + 1, atMs, lastsMs, fault: drawn.fault });
      const target = targetOf(drawn.fault);
      if (target !== null) busyUntil.set(target, atMs + lastsMs);
    }
    atMs += chance.between(GAP_MS.min, GAP_MS.max);
  }
  return strikes;
}

function drawFree(
  groups: Bag<Bag<Template>>,
  chance: Chance,
  busyUntil: ReadonlyMap<string, number>,
  atMs: number,
): Draw | null {
  for (let tries = 0; tries < TRIES; tries++) {
    const drawn = groups.draw().draw()(chance);
    const target = targetOf(drawn.fault);
    if (target === null || (busyUntil.get(target) ?? 0) <= atMs) return drawn;
  }
  return null;
}

function groupsOf({ hosts, accounts, longestMs }: ScheduleOptions): Template[][] {
  const host = (chance: Chance): number => chance.between(1, hosts);
  const lasting = (chance: Chance, longest = longestMs): number =>
    chance.between(SHORTEST_MS, Math.max(SHORTEST_MS, Math.min(longest, longestMs)));
  /** Long enough to be restarted, so that nobody strikes what is not there. */
  const momentary = 3_000;

  const onHosts: Template[] = [
    (chance) => ({ fault: { kind: "host_killed", host: host(chance) }, lastsMs: momentary }),
    (chance) => ({ fault: { kind: "host_drained", host: host(chance) }, lastsMs: momentary }),
    (chance) => ({
      fault: { kind: "host_frozen", host: host(chance) },
      // In a short run, too, some are silent for so long that their accounts have to move.
      lastsMs: chance.between(SHORTEST_MS, LONGEST_FREEZE_MS),
    }),
  ];
  const onEdge: Template[] = (["workerd_killed", "edge_killed", "edge_restarted"] as const).map(
    (kind) => () => ({ fault: { kind }, lastsMs: momentary }),
  );
  const crashes: Template[] = crashPoints.map((at: CrashPoint) => (chance) => ({
    fault: { kind: "edge_crash", at, passes: chance.between(0, MOST_PASSES) },
    lastsMs: momentary,
  }));
  const hostCrashes: Template[] = hostCrashPoints.map((at) => (chance) => ({
    fault: { kind: "host_crash", host: host(chance), at, passes: chance.between(0, MOST_PASSES) },
    lastsMs: momentary,
  }));
  const onLinks = (linkOf: (chance: Chance) => LinkName): Template[] => [
    ...linkModes.flatMap((mode): Template[] =>
      mode === "pass"
        ? []
        : [
            (chance) => ({
              fault: { kind: "link", link: linkOf(chance), mode, forgets: chance.is(0.5) },
              lastsMs: lasting(chance, 60_000),
            }),
          ],
    ),
    (chance) => ({
      fault: {
        kind: "link_flaps",
        link: linkOf(chance),
        downMs: chance.between(50, 800),
        upMs: chance.between(100, 2_000),
      },
      lastsMs: lasting(chance, 30_000),
    }),
  ];
  const inStorage: Template[] = [
    (chance) => ({ fault: { kind: "d1", how: "fails" }, lastsMs: lasting(chance) }),
    (chance) => ({ fault: { kind: "d1", how: "hangs" }, lastsMs: lasting(chance, 80_000) }),
    (chance) => ({
      fault: { kind: "disk_full", writes: chance.between(1, 3) },
      lastsMs: momentary,
    }),
  ];
  const inQueue: Template[] = (["loses", "repeats", "delays", "reorders", "refuses"] as const).map(
    (how) => (chance) => ({ fault: { kind: "queue", how }, lastsMs: lasting(chance, 60_000) }),
  );
  const inAlarms: Template[] = (["late", "twice", "lost"] as const).map((how) => (chance) => ({
    fault: { kind: "alarms", how },
    lastsMs: lasting(chance, 30_000),
  }));
  const inClocks: Template[] = [1, -1].flatMap((way): Template[] => [
    (chance) => ({
      fault: {
        kind: "clock",
        of: "edge",
        ms: way * chance.between(2_000, Math.min(90_000, 2 * longestMs)),
      },
      lastsMs: lasting(chance, 30_000),
    }),
    (chance) => ({
      fault: {
        kind: "clock",
        of: host(chance),
        ms: way * chance.between(2_000, Math.min(90_000, 2 * longestMs)),
      },
      lastsMs: lasting(chance, 30_000),
    }),
  ]);
  return [
    onHosts,
    onEdge,
    crashes,
    hostCrashes,
    onLinks((chance) => `host-${host(chance)}-edge`),
    onLinks((chance) => `host-${host(chance)}-whatsapp`),
    onLinks(() => "client-edge"),
    inStorage,
    inQueue,
    inAlarms,
    inClocks,
    [
      () => ({ fault: { kind: "whatsapp_killed" }, lastsMs: momentary }),
      ...whatsAppFaults.map((spec): Template => (chance) => ({
        fault: { kind: "whatsapp", spec, account: chance.between(0, accounts - 1) },
        lastsMs: lasting(chance, 20_000),
      })),
    ],
  ];
}

/** How WhatsApp itself misbehaves, for one account at a time. The codes are those of `ways-to-end.ts`. */
const whatsAppFaults: readonly WhatsAppFault[] = [
  { kind: "ack_lost", count: 3 },
  { kind: "ack_late", ms: 6_000, count: 3 },
  { kind: "ack_late", ms: 18_000, count: 2 },
  { kind: "ack_error", code: 479, count: 2 },
  { kind: "drop" },
  { kind: "silence" },
  { kind: "bad_frame" },
  { kind: "restart" },
  { kind: "replaced" },
  { kind: "logged_out" },
  { kind: "rate_overlimit", count: 4 },
  { kind: "refuse_upgrade", status: 503, count: 3 },
  { kind: "time_lock" },
  { kind: "new_chat_cap", used: 0, total: 2 },
  { kind: "undecryptable", count: 3 },
  ...[402, 403, 406, 409, 411, 429, 500, 503, 516].map((code) => ({ kind: "stream_error", code })),
  ...[402, 403, 405, 406, 409, 411, 429, 500, 503].map((code) => ({
    kind: "failure",
    code,
    count: 1,
  })),
];
