import { acceptedMessages, type Evidence, type Invariant, type Violation } from "./evidence.ts";
import { labelOf } from "./fault.ts";
import type { FailOver } from "./observer.ts";
import type { Result } from "./run.ts";
import { type Struck, timelineOf } from "./timeline.ts";

const INVARIANTS: Record<Invariant, string> = {
  1: "an accepted message reaches WhatsApp or ends in a terminal state with an event",
  2: "WhatsApp sees at most one message per message id of ours, and one id per message",
  3: "at most one host is believed for an account at any instant",
  4: "a journal has no gap, and every reader sees it in order",
  5: "no quota window is exceeded",
  6: "D1 equals what the accounts say, once writes come to rest",
  7: "a foreign id and nonsense get the same answer",
  8: "nothing lies due for more than a minute without a recorded reason",
  9: "what is not known is called unconfirmed, never sent or failed",
  10: "what WhatsApp regards as delivered to us is in the journal",
};
const MOST_OF_A_KIND = 2;

/** What a run came to, for a person. */
export function summaryOf(seed: number, result: Result): string {
  const { evidence, violations, struck, missed, failOvers } = result;
  const about = (invariants: readonly Invariant[], words: RegExp): number =>
    violations.filter(({ invariant, what }) => invariants.includes(invariant) && words.test(what))
      .length;
  const labelled = (some: readonly Struck[]): Map<string, number> =>
    countBy(some.map(({ strike }) => labelOf(strike.fault)));
  const survived = struck.filter((one) => !missed.includes(one));
  const received = evidence.arrivals.length;
  const lostInbound = about([10], /not in the journal/);
  const lines = [
    ["faults survived", `${survived.length}: ${listed(labelled(survived))}`],
    ["struck nothing", `${missed.length}: ${listed(labelled(missed))}`],
    ["edge died at a named point", String(result.crashes)],
    ["messages", messagesOf(evidence)],
    ["lost", String(about([1, 9], /./))],
    ["duplicated", String(about([2], /./))],
    [
      "received",
      `${received - lostInbound} of ${received}; ${result.relinked} times linked anew, ${result.restarted} restarts asked for`,
    ],
    ["lost inbound", String(lostInbound)],
    ["fail-over of crashed hosts", percentilesOf(failOvers, "crash")],
    ["fail-over of silent hosts", percentilesOf(failOvers, "silence")],
    ["at rest after", `${(result.restedMs / 1_000).toFixed(1)} s`],
    ["violations", String(violations.length)],
    ["seed", String(seed)],
  ];
  return lines.map(([name = "", value = ""]) => `${name.padEnd(28)}${value}`).join("\n");
}

/** Each violation with its invariant, its message and its timeline. */
export function failuresOf({ evidence, violations, struck }: Result, directory: string): string {
  const kinds = new Map<string, number>();
  const shown = violations.filter((violation) => {
    const kind = kindOf(violation);
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    return (kinds.get(kind) ?? 0) <= MOST_OF_A_KIND;
  });
  const texts = shown.map((violation) => {
    const { invariant, what, account, message, text } = violation;
    const subject = [message, text, account].filter((each) => each !== null).join(", ");
    return [
      `Invariant ${invariant}: ${INVARIANTS[invariant]}.`,
      `  ${subject}: ${what}.`,
      timelineOf(violation, evidence, struck, directory),
    ].join("\n");
  });
  const counts = [...kinds].map(([kind, count]) => `${count} times invariant ${kind}`);
  return [...texts, counts.join("\n")].join("\n\n");
}

/** What is one finding, as far as words can tell: numbers and ids make no difference. */
function kindOf({ invariant, what }: Violation): string {
  return `${invariant}: ${what.replace(/[a-z]+_[0-9a-z]{20,}|\d[\d.:TZ-]*/g, "…")}`;
}

function messagesOf({ sendings, messages, ledger }: Evidence): string {
  const accepted = acceptedMessages(sendings);
  const onNetwork = new Set(ledger.map(({ wa_id }) => wa_id));
  const states = countBy([...accepted.keys()].map((id) => messages.get(id)?.state ?? "unknown"));
  const seen = [...accepted.values()].filter(({ waId }) => waId !== null && onNetwork.has(waId));
  const refused = countBy(
    sendings.flatMap(({ calls }) =>
      calls.flatMap(({ answer }) =>
        answer.kind === "refused" && answer.isFinal ? [`refused ${answer.code}`] : [],
      ),
    ),
  );
  return `${accepted.size} accepted of ${sendings.length} (${listed(refused)}), ${seen.length} on WhatsApp; ${listed(states)}`;
}

function percentilesOf(failOvers: readonly FailOver[], cause: FailOver["cause"]): string {
  const times = failOvers
    .filter((each) => each.cause === cause)
    .map(({ ms }) => ms)
    .toSorted((left, right) => left - right);
  const at = (share: number): string => {
    const ms = times[Math.ceil(times.length * share) - 1];
    return ms === undefined ? "-" : `${(ms / 1_000).toFixed(1)} s`;
  };
  return `p50 ${at(0.5)}, p95 ${at(0.95)} (${times.length} accounts, other faults included)`;
}

function countBy(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

function listed(counts: ReadonlyMap<string, number>): string {
  return [...counts]
    .toSorted(([left], [right]) => left.localeCompare(right))
    .map(([name, count]) => `${name} ${count}`)
    .join(", ");
}
