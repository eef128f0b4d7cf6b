import { z } from "zod";

export const Timestamp = z.iso.datetime().meta({ examples: ["2026-11-20T11:22:18.000Z"] });

/** Paging of every list: newest or first page without `cursor`, the next with the answer's. */
export const Page = {
  limit: z.coerce.number().int().min(1).max(100).default(25),
  cursor: z.string().max(200).optional(),
};

/** The answer of every list; `next_cursor` is null on the last page. */
export function listOf<T extends z.ZodType>(item: T) {
  return z.strictObject({ data: z.array(item), next_cursor: z.string().nullable() });
}
