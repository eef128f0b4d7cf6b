import { untilOf } from "./present.ts";
import type { StoredAccount } from "./stored.ts";

/** Whether the directory would show anything else. The score alone is not worth a row. */
export function isSameProjection(a: StoredAccount, b: StoredAccount): boolean {
  return (
    a.name === b.name &&
    a.state === b.state &&
    a.reason === b.reason &&
    a.phone === b.phone &&
    a.queue.state === b.queue.state &&
    a.connectedAt === b.connectedAt &&
    untilOf(a) === untilOf(b)
  );
}
