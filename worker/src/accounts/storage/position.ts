import type { Id } from "@roost/contract/ids";

/** A place in a list that runs from the latest to the oldest, over several accounts. */
export type Position = { at: number; account: Id<"account">; n: number };

/** Whether `a` comes after `b` in such a list, that is, is the older one. */
export function isBefore(a: Position, b: Position): boolean {
  if (a.account === b.account && a.at === b.at) return a.n < b.n;
  return a.at === b.at ? a.account < b.account : a.at < b.at;
}

/** A position as the text of a cursor. */
export function writeCursor({ at, account, n }: Position): string {
  return `${at.toString(36)}.${account}.${n.toString(36)}`;
}

/** The position a cursor stands for; null when nobody got this cursor from us. */
export function readCursor(text: string): Position | null {
  const match = /^([0-9a-z]{1,11})\.(acc_[0-9a-hjkmnp-tv-z]{26})\.([0-9a-z]{1,9})$/.exec(text);
  const [, at, account, n] = match ?? [];
  if (at === undefined || account === undefined || n === undefined) return null;
  return { at: parseInt(at, 36), account: account as Id<"account">, n: parseInt(n, 36) };
}
