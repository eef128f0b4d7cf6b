import { acceptedMessages, acceptedOf, type Evidence, type Violation } from "../evidence.ts";

/** Invariant 2: one key is one message, one message is one id at WhatsApp, and it arrives once. */
export function checkOnce(evidence: Evidence): Violation[] {
  return [...checkKeys(evidence), ...checkIds(evidence), ...checkPhones(evidence)];
}

function checkKeys({ sendings }: Evidence): Violation[] {
  return sendings.flatMap((sending) => {
    const ids = [...new Set(acceptedOf(sending).map(({ id }) => id))];
    const what = `one idempotency key made ${ids.length} messages: ${ids.join(", ")}`;
    return ids.length > 1 ? [found(what, sending.account, ids[1] ?? null, sending.text)] : [];
  });
}

function checkIds(evidence: Evidence): Violation[] {
  const { sendings, ledger, accounts, messages } = evidence;
  const revocations = revocationsOf(evidence);
  const violations: Violation[] = [];
  const ownerOf = new Map(accounts.map(({ number, id }) => [number, id]));
  const byWaId = new Map<string, string>();
  const accepted = acceptedMessages(sendings);
  for (const [id, { account, sending, waId }] of accepted) {
    if (waId === null) continue;
    const other = byWaId.get(waId);
    byWaId.set(waId, id);
    if (other !== undefined) {
      violations.push(found(`shares its WhatsApp id with ${other}`, account, id, sending.text));
    }
    const atRest = messages.get(id)?.wa_id ?? waId;
    if (atRest !== waId) {
      violations.push(found("changed its WhatsApp id", account, id, sending.text));
    }
  }
  for (const { account: number, device, to, wa_id: waId, n } of ledger) {
    const account = ownerOf.get(number);
    // What the owner types on the phone is nobody's message.
    if (account === undefined || device === 0) continue;
    const id = byWaId.get(waId);
    const message = id === undefined ? undefined : accepted.get(id);
    if (id === undefined || message === undefined) {
      const left = revocations.get(`${account} ${to}`) ?? 0;
      revocations.set(`${account} ${to}`, left - 1);
      if (left > 0) continue;
      const what = `WhatsApp saw a message that nobody sent: ledger row ${n}, ${waId} to ${to}`;
      violations.push(found(what, account, null, null));
    } else if (message.account !== account || message.sending.to !== to) {
      const what = `went from ${number} to ${to}, and should have gone to ${message.sending.to}`;
      violations.push(found(what, account, id, message.sending.text));
    }
  }
  return violations;
}

/**
 * How many stanzas an account may have sent to a number to delete what it had sent: each has an id of
 * its own that no list shows.
 */
function revocationsOf({ cancellings, sendings, messages }: Evidence): Map<string, number> {
  const allowed = new Map<string, number>();
  const accepted = acceptedMessages(sendings);
  for (const id of new Set(cancellings.map((each) => each.id))) {
    const message = accepted.get(id);
    if (message === undefined || messages.get(id)?.state === "cancelled") continue;
    const key = `${message.account} ${message.sending.to}`;
    allowed.set(key, (allowed.get(key) ?? 0) + 1);
  }
  return allowed;
}

function checkPhones({ sendings, phones }: Evidence): Violation[] {
  const violations: Violation[] = [];
  const byText = new Map(sendings.map((sending) => [sending.text, sending]));
  for (const [number, shown] of phones) {
    const counts = new Map<string, number>();
    for (const { text } of shown) {
      if (text !== null && text !== undefined) counts.set(text, (counts.get(text) ?? 0) + 1);
    }
    for (const [text, count] of counts) {
      const sending = byText.get(text);
      if (count < 2 || sending === undefined) continue;
      const [{ id } = { id: null }] = acceptedOf(sending);
      violations.push(found(`is ${count} times on the phone ${number}`, sending.account, id, text));
    }
  }
  return violations;
}

function found(
  what: string,
  account: string | null,
  message: string | null,
  text: string | null,
): Violation {
  return { invariant: 2, what, account, message, text };
}
