import type { Message, SendMessage } from "@roost/contract/messages";
import { RefusedError } from "./api-client.ts";
import { until, type World } from "./given.ts";

const SENT = new Set(["sent", "delivered", "read"]);
const ENDED = new Set(["failed", "expired", "cancelled", "unconfirmed"]);

export type Accepted = { id: string; text: string };

/** Sends a text under itself as idempotency key, repeating what got no answer as a careful client does. */
export async function carefulSend(
  { api }: World,
  text: string,
  whom: Pick<SendMessage, "account" | "to">,
): Promise<Accepted> {
  let id = "";
  await until(async () => {
    try {
      ({ id } = await api.send({ ...whom, text: { body: text }, pace: "asap" }, text));
      return true;
    } catch (error) {
      // A refusal that is final would hide a loss; only what may be repeated is.
      if (error instanceof RefusedError && error.problem.retryable === "no") throw error;
      return false;
    }
  }, 60_000);
  return { id, text };
}

/**
 * Waits until each has its fate; answers those that are not in the network's ledger though they have
 * not ended, and those that are in it more than once.
 */
export async function brokenSends(
  { api, phones }: World,
  accepted: readonly Accepted[],
  timeoutMs: number,
): Promise<{ lost: string[]; repeated: string[] }> {
  const settled = new Map<string, Message>();
  await until(async () => {
    for (const { id } of accepted) {
      if (settled.has(id)) continue;
      const message = await api.message(id);
      if (!SENT.has(message.state) && !ENDED.has(message.state)) return false;
      settled.set(id, message);
    }
    return true;
  }, timeoutMs);
  const stanzas = countBy((await phones.ledger()).map(({ wa_id }) => wa_id));
  const lost: string[] = [];
  const repeated: string[] = [];
  for (const { id, state, wa_id } of settled.values()) {
    const count = stanzas.get(wa_id ?? "") ?? 0;
    if (count === 0 && !ENDED.has(state)) lost.push(id);
    if (count > 1) repeated.push(id);
  }
  return { lost, repeated };
}

export function countBy(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
