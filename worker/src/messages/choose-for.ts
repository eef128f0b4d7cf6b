import type { Refusal } from "@roost/contract/errors";
import type { Peer } from "@roost/contract/host";
import type { Id } from "@roost/contract/ids";
import { accountStub } from "../accounts/account-stub.ts";
import { ownAccounts } from "../accounts/own-accounts.ts";
import type { Context } from "../context.ts";
import { chooseAccount, whyNone } from "./choose-account.ts";

/** Whose turn it is among equal accounts, per tenant: isolates begin where chance puts them. */
const turns = new Map<Id<"tenant">, number>();
const MAX_TURNS = 10_000;

/**
 * An account for each of these people, or why there is none. Every account is asked once, however many
 * people there are; what was given to an account counts against its budget at once.
 */
export async function chooseFor(ctx: Context, peers: Peer[]): Promise<(Id<"account"> | Refusal)[]> {
  if (peers.length === 0) return [];
  const asked = (await ownAccounts(ctx)).map((account) =>
    accountStub(ctx.env, account).candidate(ctx.tenantId, peers),
  );
  const candidates = (await Promise.all(asked)).flatMap((c) => (c.ok ? [c.value] : []));
  // Two messages to a person who is new to all must not come from two accounts.
  const begun = new Map<string, Id<"account">>();
  return peers.map(({ phone, lid }, person) => {
    const who = phone ?? lid ?? "";
    const known = begun.get(who);
    if (known !== undefined) return known;
    const candidate = chooseAccount(candidates, person, nextTurn(ctx.tenantId));
    if (candidate === null) return whyNone(candidates);
    candidate.left = Math.max(0, candidate.left - 1);
    begun.set(who, candidate.id);
    return candidate.id;
  });
}

function nextTurn(tenant: Id<"tenant">): number {
  const turn = turns.get(tenant) ?? Math.floor(Math.random() * MAX_TURNS);
  if (turns.size >= MAX_TURNS) turns.clear();
  turns.set(tenant, turn + 1);
  return turn;
}
