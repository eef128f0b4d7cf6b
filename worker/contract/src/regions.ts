import { z } from "zod";

/** Where hosts stand together, and where an account lives. */
export const Region = z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, "must be a region's name");
export type Region = z.infer<typeof Region>;
