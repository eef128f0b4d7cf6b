import type { Load } from "@roost/contract/host";
import { UNWELL } from "@roost/contract/host-condition";
import { admits, type Hosts } from "./choose-host.ts";

/** Uneven by this share of a host, and moving begins; below the other it ends. */
export const START_GAP = 0.2;
const STOP_GAP = 0.05;
/** What a host needs without any account, and what one more account takes, generously. */
const BASE_BYTES = 160 * 1024 * 1024;
const SESSION_BYTES = 1024 * 1024;

export type Balance = { isMoving: boolean };
/** One account is to go from here to there; null when all is even enough. */
export type Move = { from: string; to: string } | null;

/**
 * Which host should give one account to which. It looks at what does not swing, the number of sessions
 * against what the host can hold: so each move makes it more even, and none is ever taken back.
 */
export function nextMove(hosts: Hosts, { isMoving }: Balance): Move {
  let from: { name: string; fill: number; after: number } | null = null;
  let to: { name: string; fill: number; after: number } | null = null;
  for (const [name, facts] of hosts) {
    const { load, state } = facts;
    const fill = fillOf(load, 0);
    const isHere = state === "up" || state === "unwell";
    if (isHere && load.sessions > 0 && (from === null || fill > from.fill)) {
      from = { name, fill, after: fillOf(load, -1) };
    }
    if (admits(facts) && (to === null || fill < to.fill)) {
      to = { name, fill, after: fillOf(load, 1) };
    }
  }
  if (from === null || to === null || from.name === to.name) return null;
  const isClear = from.fill - to.fill > (isMoving ? STOP_GAP : START_GAP);
  // With few large accounts a move could only turn the unevenness round.
  return isClear && from.after >= to.after ? { from: from.name, to: to.name } : null;
}

/** How full a host is with so many sessions more, against what it can hold. */
function fillOf({ sessions, capacity, memory_limit_bytes }: Load, more: number): number {
  return (sessions + more) / Math.max(1, Math.min(capacity, roomFor(memory_limit_bytes)));
}

function roomFor(memoryLimitBytes: number): number {
  if (memoryLimitBytes === 0) return Infinity;
  return Math.floor((memoryLimitBytes * UNWELL.memory.until - BASE_BYTES) / SESSION_BYTES);
}
