import type { Outcome } from "@roost/contract/errors";
import type { RetriedQueue } from "@roost/contract/queue";
import { isFull, refusalOf } from "./accept-message.ts";
import type { AccountEngine } from "../account-engine.ts";
import type { AccountStore } from "../account-store.ts";
import { isMeant, mayBeMeant, type StoredFilter } from "./message-filter.ts";
import { retryVerdict } from "./retry-verdict.ts";
import type { StoredMessage } from "../stored.ts";

/** So many are looked at in one go: a few milliseconds, then others get their turn. */
const AT_ONCE = 2_000;
/** As far back failures are looked for, unless the filter says how far. */
const RETRY_LOOKS_BACK_MS = 7 * 24 * 60 * 60 * 1000;

type Retry = Pick<AccountEngine, "store" | "save" | "whileHeld">;

/** Puts back what the filter means and repeating can help, under the same id at WhatsApp. */
export async function retryMessages(
  engine: Retry,
  asked: StoredFilter,
  now: number,
): Promise<Outcome<RetriedQueue>> {
  const { store } = engine;
  const refusal = refusalOf(store.account(), true);
  if (refusal !== null) return refusal;
  const since = asked.since ?? (asked.numbers === null ? now - RETRY_LOOKS_BACK_MS : null);
  const filter = { ...asked, since };
  // Held, as the newest are found first and are not to go out first.
  return engine.whileHeld(async () => {
    const done = { retried: 0, refused: 0 };
    let seen = 0;
    for (const message of mayBeMeant(store, filter)) {
      const verdict = isMeant(store, message, filter)
        ? retryOne(store, message, filter, now)
        : "pass_over";
      if (verdict === "retry") done.retried += 1;
      if (verdict === "refuse") done.refused += 1;
      seen += 1;
      if (seen % AT_ONCE !== 0) continue;
      engine.save();
      await scheduler.wait(0);
    }
    return { ok: true, value: done };
  });
}

function retryOne(store: AccountStore, message: StoredMessage, filter: StoredFilter, now: number) {
  const [state, since] = message.states.at(-1) ?? ["accepted", 0];
  const { error, out } = message;
  const isNamed = filter.numbers !== null;
  const facts = { state, since, error, expiresAt: out?.expiresAt ?? null, isNamed };
  const verdict = retryVerdict(facts, now);
  if (verdict !== "retry" || out === null) return verdict;
  const isKnown = store.gradeOf(message) === "known";
  if (isFull(store) !== null || refusalOf(store.account(), isKnown) !== null) return "refuse";
  store.change({ kind: "retried", n: message.n, at: Math.max(since, now) });
  store.emit({ type: "message.accepted", at: now, n: message.n });
  return verdict;
}
