import type { DirectoryRow, Evidence, Violation } from "../evidence.ts";

/** Invariant 6: at rest, the directory in D1 says of every account what its own object says. */
export function checkDirectory({ owners, directory }: Evidence): Violation[] {
  const violations: Violation[] = [];
  for (const [account, owner] of owners) {
    const copy = directory.get(account);
    const find = (what: string): void => {
      violations.push({ invariant: 6, what, account, message: null, text: null });
    };
    if (copy === undefined) {
      find("D1 does not have it");
      continue;
    }
    for (const name of Object.keys(owner) as (keyof DirectoryRow)[]) {
      if (owner[name] !== copy[name]) {
        find(`D1 has ${name} ${String(copy[name])}, the account says ${String(owner[name])}`);
      }
    }
  }
  for (const account of directory.keys()) {
    if (owners.has(account)) continue;
    const what = "D1 has an account that there is not";
    violations.push({ invariant: 6, what, account, message: null, text: null });
  }
  return violations;
}
