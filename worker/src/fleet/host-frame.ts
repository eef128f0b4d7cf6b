import { HostFrame, Report } from "@roost/contract/host";
import { z } from "zod";

/** The envelope of a report frame whose reports are not all right. */
const Envelope = z.object({
  type: z.literal("report"),
  n: z.int().min(1),
  reports: z.array(z.unknown()),
});

/** A frame as read, and what was wrong with it, if anything. */
export type ReadFrame = { frame: HostFrame | null; problem: string | null };

/**
 * Reads what a host sent. One report that we cannot read must not hold up the others, nor the
 * acknowledgement of its frame: it is left out and told.
 */
export function readHostFrame(data: string | ArrayBuffer): ReadFrame {
  if (typeof data !== "string") return { frame: null, problem: "not text" };
  let content: unknown;
  try {
    content = JSON.parse(data);
  } catch {
    return { frame: null, problem: "not JSON" };
  }
  const parsed = HostFrame.safeParse(content);
  if (parsed.success) return { frame: parsed.data, problem: null };
  const problem = where(parsed.error);
  const envelope = Envelope.safeParse(content);
  if (!envelope.success) return { frame: null, problem };
  const reports = envelope.data.reports.flatMap((report) => Report.safeParse(report).data ?? []);
  return { frame: { type: "report", n: envelope.data.n, reports }, problem };
}

/** Paths and rules, never values: those may be messages. */
function where(error: z.core.$ZodError): string {
  return error.issues
    .slice(0, 3)
    .map(({ path, code }) => `${path.join(".")}: ${code}`)
    .join("; ");
}
