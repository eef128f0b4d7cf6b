import type { Message } from "@roost/contract/messages";
import { acceptedMessages, type Evidence, type Violation } from "../evidence.ts";

const SENT = new Set<string>(["sent", "delivered", "read", "played"]);
const ENDED = new Set<string>(["failed", "expired", "cancelled", "unconfirmed"]);
/** Of these nothing may have reached WhatsApp. */
const NOT_SENT = new Set<string>(["failed", "expired", "cancelled"]);

/**
 * Invariants 1 and 9: what was accepted reaches WhatsApp or ends with an event, and no state says of it
 * what is not so.
 */
export function checkEnds(evidence: Evidence): Violation[] {
  const violations: Violation[] = [];
  const onNetwork = new Set(evidence.ledger.map((row) => row.wa_id));
  const told = toldOf(evidence);
  for (const [id, { sending, account }] of acceptedMessages(evidence.sendings)) {
    const find = (invariant: 1 | 9, what: string): void => {
      violations.push({ invariant, what, account, message: id, text: sending.text });
    };
    const message = evidence.messages.get(id) ?? null;
    const events = told.get(id) ?? new Set();
    if (message === null) {
      find(1, "was accepted and is not known any more");
      continue;
    }
    if (!events.has("message.accepted")) find(1, "was accepted without an event");
    const wasSeen = message.wa_id !== null && onNetwork.has(message.wa_id);
    for (const [invariant, what] of untrue(message, events, wasSeen)) find(invariant, what);
  }
  return violations;
}

function untrue(
  { state, wa_id }: Message,
  events: ReadonlySet<string>,
  wasSeen: boolean,
): [1 | 9, string][] {
  const found: [1 | 9, string][] = [];
  if (wa_id === null) found.push([1, "has no WhatsApp id"]);
  if (SENT.has(state)) {
    if (!wasSeen) found.push([9, `is called ${state}, and WhatsApp never saw it`]);
    else if (!events.has("message.sent"))
      found.push([1, `is ${state} without an event that it was sent`]);
  } else if (!ENDED.has(state)) {
    found.push([1, `is still ${state} when everything has come to rest`]);
  } else if (!events.has(`message.${state}`)) {
    found.push([1, `ended ${state} without an event`]);
  }
  for (const end of NOT_SENT) {
    if (wasSeen && (state === end || events.has(`message.${end}`))) {
      found.push([9, `was called ${end}, and WhatsApp has it`]);
    }
  }
  if (!wasSeen && !SENT.has(state) && events.has("message.sent")) {
    found.push([9, "was called sent, and WhatsApp never saw it"]);
  }
  return found;
}

/** By message: the types of the events that its journal has of it. */
function toldOf({ journals }: Evidence): Map<string, Set<string>> {
  const told = new Map<string, Set<string>>();
  for (const { type, data } of [...journals.values()].flat()) {
    if (!("id" in data)) continue;
    told.set(data.id, (told.get(data.id) ?? new Set()).add(type));
  }
  return told;
}
