import type { Outcome } from "@roost/contract/errors";
import type { Id } from "@roost/contract/ids";
import type { Context } from "../context.ts";
import { unwrap } from "../errors.ts";
import { invalidCursor } from "../http/id-cursor.ts";
import { ownAccounts, requireAccount } from "./own-accounts.ts";
import { isBefore, type Position, readCursor, writeCursor } from "./storage/position.ts";
import type { Page } from "./queries.ts";

type Ask<T> = (account: Id<"account">, after: Position | null) => Promise<Outcome<Page<T>>>;
type Query = { account?: Id<"account"> | undefined; cursor?: string | undefined; limit: number };

/**
 * One page of a list that lies with its accounts: of the one asked for, or of all the caller's merged,
 * the latest first. `placeOf` says where an item stands.
 */
export async function fanOut<T>(
  ctx: Context,
  query: Query,
  placeOf: (item: T) => Position,
  ask: Ask<T>,
): Promise<{ data: T[]; next_cursor: string | null }> {
  const after = query.cursor === undefined ? null : readCursor(query.cursor);
  if (query.cursor !== undefined && after === null) {
    throw invalidCursor();
  }
  if (query.account !== undefined) {
    requireAccount(ctx, query.account, "account");
    const { items, next } = unwrap(await ask(query.account, after));
    return { data: items, next_cursor: next === null ? null : writeCursor(next) };
  }
  const accounts = await ownAccounts(ctx);
  const pages = (await Promise.all(accounts.map((account) => ask(account, after)))).flatMap(
    (outcome) => (outcome.ok ? [outcome.value] : []),
  );
  // Only as far as every account has told; what lies beyond comes with the next page.
  const told = pages.flatMap(({ next }) => next ?? []).sort((a, b) => (isBefore(a, b) ? 1 : -1))[0];
  const merged = pages
    .flatMap(({ items }) => items.map((item) => ({ item, place: placeOf(item) })))
    .filter(({ place }) => told === undefined || !isBefore(place, told))
    .sort((a, b) => (isBefore(a.place, b.place) ? 1 : -1));
  const page = merged.slice(0, query.limit);
  const next = merged.length > query.limit ? page.at(-1)?.place : told;
  return {
    data: page.map(({ item }) => item),
    next_cursor: next === undefined ? null : writeCursor(next),
  };
}
