import { refuse, type Refusal } from "@roost/contract/errors";
import type { Id } from "@roost/contract/ids";
import type { CreateKey } from "@roost/contract/keys";
import type { Principal } from "../context.ts";

/**
 * Why the maker may not make this key, or null. Nobody grants more than they hold: no scope, no
 * account, no time.
 */
export function grantRefusal(
  maker: Pick<Principal, "scopes" | "accounts">,
  key: CreateKey,
  tenantAccounts: readonly Id<"account">[],
  now: number,
): Refusal | null {
  const lacking = key.scopes.filter((scope) => !maker.scopes.has(scope));
  if (lacking.length > 0) {
    const names = lacking.map((scope) => `\`${scope}\``).join(", ");
    return refuse("forbidden", `You cannot grant what you do not hold: ${names}.`).refusal;
  }
  const accounts = key.accounts ?? null;
  if (accounts === null && maker.accounts !== null) {
    return refuse("forbidden", "Name the accounts: you hold rights to some of them only.").refusal;
  }
  const reachable = new Set(
    maker.accounts === null
      ? tenantAccounts
      : tenantAccounts.filter((id) => maker.accounts?.includes(id)),
  );
  if (accounts?.some((id) => !reachable.has(id))) {
    return refuse("not_found", "There is no such account, or it is not yours.").refusal;
  }
  if (typeof key.expires_at === "string" && Date.parse(key.expires_at) <= now) {
    return refuse("validation_failed", "`expires_at` must be in the future.").refusal;
  }
  return null;
}

/** Whether a principal sees a key: one that is bound to accounts sees keys within them. */
export function isVisible(
  viewer: Pick<Principal, "accounts">,
  key: { accounts: readonly Id<"account">[] | null },
): boolean {
  const bound = viewer.accounts;
  return bound === null || (key.accounts?.every((id) => bound.includes(id)) ?? false);
}
