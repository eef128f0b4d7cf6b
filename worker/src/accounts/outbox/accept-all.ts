import { type Outcome, refuse } from "@roost/contract/errors";
import type { AccountEngine } from "../account-engine.ts";
import {
  type Accepted,
  acceptMessage,
  isAllowanceUsed,
  type Submission,
} from "./accept-message.ts";

/**
 * Takes messages in their order, each or not on its own, all in one tick, and hands out what is due.
 * `find` answers null once the account is gone.
 */
export async function acceptAll(
  find: () => AccountEngine | null,
  submissions: readonly Submission[],
): Promise<Outcome<Accepted>[]> {
  const outcomes = submissions.map((): Outcome<Accepted> =>
    refuse("not_found", "There is no such account, or it is not yours."),
  );
  let open = [...submissions.entries()];
  for (;;) {
    const engine = find();
    if (engine === null) return outcomes;
    const limits = engine.limits();
    for (const [i, one] of open) {
      outcomes[i] = acceptMessage(engine.store, one, Date.now(), limits);
    }
    engine.save((leases) => engine.delivery.handOver(leases));
    open = open.filter(([i]) => outcomes[i] !== undefined && isAllowanceUsed(outcomes[i]));
    // Only the last messages of a month are waited for.
    if (open.length === 0 || !(await engine.allowance.ensure(open.length))) return outcomes;
  }
}
