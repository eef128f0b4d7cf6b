import { type Id, type IdKind, id } from "@roost/contract/ids";
import { invalidField } from "../errors.ts";

/** The id that a cursor stands for, where a list runs by id; undefined on the first page. */
export function idCursor<K extends IdKind>(kind: K, cursor: string | undefined): Id<K> | undefined {
  if (cursor === undefined) return undefined;
  const { data, success } = id(kind).safeParse(cursor);
  if (!success) throw invalidCursor();
  return data;
}

/** Nobody got this cursor from us. */
export function invalidCursor() {
  return invalidField("cursor", "must be the `next_cursor` of a page");
}
