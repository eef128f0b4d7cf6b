import type { Evidence, Violation } from "../evidence.ts";

/** Invariant 10: what contacts sent is in the journal, once, and as they wrote it. */
export function checkArrivals({ accounts, arrivals, delivered, journals }: Evidence): Violation[] {
  const violations: Violation[] = [];
  for (const account of accounts) {
    const texts = new Map<string, string[]>();
    for (const { type, data } of journals.get(account.id) ?? []) {
      if (type !== "message.received" || !("wa_id" in data) || data.wa_id === null) continue;
      texts.set(data.wa_id, [...(texts.get(data.wa_id) ?? []), data.text?.body ?? ""]);
    }
    for (const arrival of arrivals) {
      if (arrival.account !== account.id) continue;
      const { text, waId, at } = arrival;
      const find = (what: string): void => {
        violations.push({ invariant: 10, what, account: account.id, message: waId, text });
      };
      const found = texts.get(waId) ?? [];
      const isDelivered = delivered.get(account.id)?.has(waId) === true;
      const isDropped =
        !isDelivered && account.relinked.some(({ from, until }) => from <= at && at <= until);
      if (found.length === 0 && !isDropped) {
        const how = isDelivered ? "counts as delivered" : "was sent";
        find(`${how} and is not in the journal`);
      }
      if (found.length > 1) find(`is ${found.length} times in the journal`);
      if (found.some((other) => other !== text))
        find(`is in the journal as "${found.join('", "')}"`);
    }
  }
  return violations;
}
