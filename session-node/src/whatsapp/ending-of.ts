import type { Ending } from "./ways-to-end.ts";

/** Later than any number of seconds that a ban lasts: then it is a time, not a length. */
const SECONDS_OF_2001 = 1_000_000_000;

/** Baileys' errors in our words: a code, and the one ending that has a meaning beyond its code. */
export function endingOf(error: unknown, now: number): Ending {
  if (error instanceof Error && error.message === "QR refs attempts ended") {
    return { cause: "qr_ran_out", code: 408 };
  }
  const { output, data } = (error ?? {}) as { output?: { statusCode?: unknown }; data?: unknown };
  const code = typeof output?.statusCode === "number" ? output.statusCode : null;
  return { cause: "upstream", code, until: untilOf(data, now) };
}

/** A ban for a time says how long it lasts; some servers say until when. */
function untilOf(data: unknown, now: number): number | null {
  const seconds = Number((data as { expire?: unknown } | undefined)?.expire);
  if (!Number.isFinite(seconds) || seconds <= 0) return null;
  return seconds > SECONDS_OF_2001 ? seconds * 1_000 : now + seconds * 1_000;
}
