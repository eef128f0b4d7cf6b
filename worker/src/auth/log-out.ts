import type { System } from "../context.ts";
import { endSession } from "./statements.ts";
import type { Visitor } from "./visitor.ts";

/** Ends the browser's session. There being none is no failure: the end is the same. */
export async function logOut(system: System, visitor: Visitor): Promise<void> {
  if (visitor.sessionToken !== null) await endSession(system, visitor.sessionToken);
}
