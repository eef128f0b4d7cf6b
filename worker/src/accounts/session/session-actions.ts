import type { Account, LinkAttempt } from "@roost/contract/accounts";
import { type Outcome, refuse } from "@roost/contract/errors";
import type { AccountStore } from "../account-store.ts";
import { isLinkOver } from "./link-state.ts";
import { presentAccount, presentLink } from "../present.ts";
import type { Placement } from "./placement.ts";
import type { SessionControl } from "./session-control.ts";
import type { StoredLink } from "../stored.ts";

// What a person does with a session. Each works in every state, and doing it twice is doing it once.

type Of = { store: AccountStore; sessions: SessionControl };

/** Begins an attempt to link a phone; what was there of one before is thrown away. */
export function linkAccount(
  { store, sessions, placement }: Of & { placement: Pick<Placement, "mayTryNow"> },
  link: Pick<StoredLink, "method" | "phone">,
  now: number,
): Outcome<LinkAttempt> {
  const { state, session } = store.account();
  const isLinked = session.isWanted && state !== "linking";
  if (isLinked || state === "parked") {
    return refuse("invalid_state", "The account is linked. Unlink or reset it first.");
  }
  sessions.link(link, now);
  placement.mayTryNow();
  return readLink(store);
}

/** The attempt to link, or the last one. */
export function readLink(store: AccountStore): Outcome<LinkAttempt> {
  const { link } = store.account();
  return link === null
    ? refuse("not_found", "Nobody has begun to link this account.")
    : { ok: true, value: presentLink(link) };
}

/** Ends the session, tells the phone, and throws the credentials away. */
export function unlinkAccount({ store, sessions }: Of, now: number): Outcome<Account> {
  if (isAnyLeft(store)) sessions.unlink("logout", "unlinked_by_us", now);
  return { ok: true, value: presentAccount(store) };
}

/** Connects anew with the stored credentials, or begins the attempt to link anew. */
export function restartAccount({ store, sessions }: Of, now: number): Outcome<Account> {
  const { session, link } = store.account();
  if (store.credentials.wrappedDataKey() === null && isLinkOver(link)) {
    return refuse("account_unlinked", "Link a phone to this account first.");
  }
  // One that no host has taken up yet is being started already.
  if (!session.isWanted || session.isHeard) sessions.restart("starting", now);
  return { ok: true, value: presentAccount(store) };
}

/** Unlinks, and forgets whose number it was: the next link may be another one's. */
export function resetAccount({ store, sessions }: Of, now: number): Outcome<Account> {
  const { phone, formerPhone = null, reason } = store.account();
  if (isAnyLeft(store) || phone !== null || reason !== "not_linked") {
    sessions.unlink("logout", "not_linked", now);
    store.setAccount({
      phone: null,
      lid: null,
      connectedAt: null,
      formerPhone: phone ?? formerPhone,
    });
  }
  return { ok: true, value: presentAccount(store) };
}

/** Whether there is a session, an attempt to link, or anything of one. */
function isAnyLeft(store: AccountStore): boolean {
  const { state, session, link } = store.account();
  const hasCredentials = store.credentials.wrappedDataKey() !== null;
  return state !== "unlinked" || session.isWanted || !isLinkOver(link) || hasCredentials;
}
