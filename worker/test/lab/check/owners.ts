import type { Belief, Evidence, Violation } from "../evidence.ts";

/** Invariant 3: an epoch is one host's, and once a later one was believed no earlier one is. */
export function checkOwners({ beliefs }: Evidence): Violation[] {
  const violations: Violation[] = [];
  const latest = new Map<string, Belief>();
  const hosts = new Map<string, string>();
  for (const belief of beliefs.toSorted((left, right) => left.at - right.at)) {
    const { account, host, epoch } = belief;
    const find = (what: string): void => {
      violations.push({ invariant: 3, what, account, message: null, text: null });
    };
    const holder = hosts.get(`${account} ${epoch}`) ?? host;
    hosts.set(`${account} ${epoch}`, holder);
    if (holder !== host) find(`epoch ${epoch} was believed of ${holder} and of ${host}`);
    const before = latest.get(account);
    if (before !== undefined && before.epoch > epoch) {
      find(`${host} was believed in epoch ${epoch} after ${before.host} was in ${before.epoch}`);
    } else latest.set(account, belief);
  }
  return violations;
}
