import type { AccountState } from "../account-state.ts";
import { setSendsBack } from "../limits/budgets.ts";
import { forgiven, withReason } from "../standing/health.ts";
import type { Change } from "../stored.ts";
import { amend, markRead, putChat } from "./change-chats.ts";
import { closeLease, offerLease, openLease } from "./change-leases.ts";
import { addMessage, putBack, setState } from "./change-messages.ts";

/** The one place where an account changes, alive and in replay alike. */
export function applyChange(state: AccountState, change: Change): void {
  switch (change.kind) {
    case "account":
      state.account = change.account;
      break;
    case "chat":
      putChat(state, change.chat);
      break;
    case "chat_read":
      markRead(state, change.n);
      break;
    case "message":
      addMessage(state, change.message);
      break;
    case "state":
      setState(state, change);
      break;
    case "retried":
      putBack(state, change.n, change.at);
      break;
    case "edited":
    case "revoked":
    case "reaction":
    case "content":
      amend(state, change);
      break;
    case "missing":
      state.missing.add(change.stanza);
      break;
    case "found":
      state.missing.remove(change.stanza);
      break;
    case "heard":
      state.missing.hear(change.stanzaId);
      break;
    case "lease":
      openLease(state, change.lease);
      break;
    case "lease_offered":
      offerLease(state, change);
      break;
    case "lease_closed":
      closeLease(state, change.id, change.now);
      break;
    case "event":
      state.journal.append(change.event);
      break;
    case "keys":
      state.credentials.write(change.dataKey, change.writes);
      break;
    case "keys_forgotten":
      state.credentials.forget();
      // Another phone knows nothing of them.
      state.missing.forgetAll();
      break;
    case "health_forgiven":
      state.health = forgiven(state.health, change.now ?? null);
      break;
    case "health_noted":
      state.health = withReason(state.health, change.reason, change.now);
      break;
    case "allowance":
      state.allowance = change.allowance;
      break;
    case "clock_set_back":
      setSendsBack(state.sends, change.now);
      break;
    case "projected":
      state.projected = change.version;
      break;
  }
}
