import { ABSENT_FOR_MS } from "@roost/contract/host";

const HOUR_MS = 3_600_000;
const FOUND_FOR_MS = 24 * HOUR_MS;
const MAX_ENTRIES = 100_000;

/**
 * Which numbers are on WhatsApp, and under which number: for some countries it is not the one that was
 * asked for. It is the same for every account, so a host has one book.
 */
export class NumberBook {
  readonly #entries = new Map<string, { found: string | null; until: number }>();
  readonly #lids = new Map<string, string>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** The number on WhatsApp, null if there is none, undefined if nobody has looked lately. */
  find(phone: string): string | null | undefined {
    const entry = this.#entries.get(phone);
    return entry && entry.until > this.#now() ? entry.found : undefined;
  }

  note(phone: string, found: string | null): void {
    const until = this.#now() + (found === null ? ABSENT_FOR_MS : FOUND_FOR_MS);
    this.#entries.delete(phone);
    this.#entries.set(phone, { found, until });
    dropOldest(this.#entries);
  }

  /** The LID behind a number, which does not change as long as the number has its owner. */
  lidOf(phone: string): string | null {
    return this.#lids.get(phone) ?? null;
  }

  noteLid(phone: string, lid: string): void {
    this.#lids.delete(phone);
    this.#lids.set(phone, lid);
    dropOldest(this.#lids);
  }
}

function dropOldest(map: Map<string, unknown>): void {
  if (map.size <= MAX_ENTRIES) return;
  const oldest = map.keys().next();
  if (!oldest.done) map.delete(oldest.value);
}

/**
 * Which answer belongs to which question. WhatsApp answers with the number it knows, which may be
 * written differently from the one asked for; then only a single odd pair can be matched, and a
 * question that stays open is left out, to be asked again alone.
 */
export function normalisedMatches(
  asked: readonly string[],
  answered: readonly string[],
): Map<string, string | null> {
  const exact = asked.filter((phone) => answered.includes(phone));
  const openQuestions = asked.filter((phone) => !answered.includes(phone));
  const openAnswers = answered.filter((phone) => !asked.includes(phone));
  const matches = new Map<string, string | null>(exact.map((phone) => [phone, phone]));
  const [onlyAnswer] = openAnswers;
  if (onlyAnswer === undefined) {
    for (const phone of openQuestions) matches.set(phone, null);
  } else if (openQuestions.length === 1 && openAnswers.length === 1) {
    for (const phone of openQuestions) matches.set(phone, onlyAnswer);
  }
  return matches;
}
