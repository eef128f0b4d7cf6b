import { globSync, readFileSync } from "node:fs";
import type { Evidence, Violation } from "./evidence.ts";
import { labelOf, type Strike } from "./fault.ts";

type Entry = { at: number; who: string; what: string };

/** A strike with the time at which it was made, and at which it was over. */
export type Struck = {
  strike: Strike;
  at: number;
  until: number;
  /** What was to be struck was there. */
  isMade: boolean;
};

const NEAR_MS = 20_000;
const LONGEST_LINE = 240;

/** Everything that any side knows of what a violation is about, in order of time. */
export function timelineOf(
  violation: Violation,
  evidence: Evidence,
  struck: readonly Struck[],
  directory: string,
): string {
  const entries = [
    ...fromCalls(violation, evidence),
    ...fromJournal(violation, evidence),
    ...fromNetwork(violation, evidence),
    ...fromLogs(violation, evidence, directory),
  ];
  const times = entries.map(({ at }) => at);
  const [from, until] = [Math.min(...times) - NEAR_MS, Math.max(...times) + NEAR_MS];
  const strikes = struck
    .filter((each) => each.at < until && each.until > from)
    .map(({ at, until: end, strike }): Entry => {
      const seconds = ((end - at) / 1_000).toFixed(1);
      return { at, who: "fault", what: `${strike.n}: ${labelOf(strike.fault)}, ${seconds} s` };
    });
  return [...entries, ...strikes]
    .toSorted((left, right) => left.at - right.at)
    .map(({ at, who, what }) => `    ${clock(at)}  ${who.padEnd(8)} ${what.slice(0, LONGEST_LINE)}`)
    .join("\n");
}

function fromCalls({ text }: Violation, { sendings, arrivals, cancellings }: Evidence): Entry[] {
  const sending = sendings.find((each) => each.text === text);
  const sent = (sending?.calls ?? []).map(({ at, doneAt, answer }) => ({
    at,
    who: "app",
    what: `sends, after ${doneAt - at} ms: ${JSON.stringify(answer)}`,
  }));
  const cancelled = cancellings
    .filter(({ n }) => n === sending?.n)
    .map(({ call }) => ({
      at: call.at,
      who: "app",
      what: `cancels: ${JSON.stringify(call.answer)}`,
    }));
  const written = arrivals
    .filter((each) => each.text === text)
    .map(({ at, from, waId }) => ({ at, who: "contact", what: `${from} writes it as ${waId}` }));
  return [...sent, ...cancelled, ...written];
}

function fromJournal({ account, message, text }: Violation, { journals }: Evidence): Entry[] {
  if (account === null || (message === null && text === null)) return [];
  return (journals.get(account) ?? []).flatMap(({ seq, type, created_at, data }) => {
    if (!("id" in data)) return [];
    if (data.id !== message && data.wa_id !== message && data.text?.body !== text) return [];
    const error = data.error === null ? "" : ` ${data.error.code}`;
    return [{ at: Date.parse(created_at), who: "journal", what: `${seq} ${type}${error}` }];
  });
}

function fromNetwork({ message, text }: Violation, evidence: Evidence): Entry[] {
  const waId = (message === null ? null : evidence.messages.get(message)?.wa_id) ?? message;
  const rows = evidence.ledger
    .filter(({ wa_id }) => wa_id === waId)
    .map(({ at, n, account, device, to }) => ({
      at: Date.parse(at),
      who: "network",
      what: `ledger row ${n}: from ${account}, device ${device}, to ${to}`,
    }));
  const shown = [...evidence.phones].flatMap(([number, messages]) =>
    messages
      .filter((each) => text !== null && each.text === text)
      .map(({ wa_id, at }) => ({
        at: Date.parse(at),
        who: "phone",
        what: `${number} has it as ${wa_id}`,
      })),
  );
  return [...rows, ...shown];
}

/** Lines of the hosts' logs that name the message, or the account where it is about that. */
function fromLogs({ message, account }: Violation, _: Evidence, directory: string): Entry[] {
  const named = message?.startsWith("msg_") === true ? message : message === null ? account : null;
  if (named === null) return [];
  return globSync(`${directory}/logs/host-*.log`).flatMap((file) => {
    const who = file.slice(file.lastIndexOf("/") + 1, -".log".length);
    return (
      readFileSync(file, "utf8")
        .split("\n")
        // Of an account only what became of its sessions: its messages would fill pages.
        .filter((line) => line.includes(named) && (named === message || line.includes('"session.')))
        .map((line) => {
          const [, at = ""] = /"at":"([^"]+)"/.exec(line) ?? [];
          return { at: Date.parse(at), who, what: line };
        })
    );
  });
}

function clock(at: number): string {
  return Number.isFinite(at) ? new Date(at).toISOString().slice(11, 23) : "?".padEnd(12);
}
