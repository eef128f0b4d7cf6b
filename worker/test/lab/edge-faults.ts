import { z } from "zod";

/** Places in the Worker where the process can be made to die. */
export const crashPoints = [
  /** The tick is about to be written, and everything that it decided is lost. */
  "before_write",
  /** The tick is written and not yet on the disk; nothing has left the object. */
  "after_write",
  /** An accepted message is durable, and whoever sent it never hears so. */
  "accepted_unanswered",
  /** A host's reports are durable, and the host never hears so. */
  "reported_unacknowledged",
  /** A lease was fetched and never reaches its host. */
  "lease_taken",
  "before_queue_send",
  "after_queue_send",
  "before_set_alarm",
  "before_alarm",
  "after_alarm",
  /** An account has just given its session to a host. */
  "session_started",
] as const;
export type CrashPoint = (typeof crashPoints)[number];

/** What is wrong with the edge at the moment; the lab tells the Worker, which asks nobody. */
export const EdgeFaults = z.strictObject({
  d1: z.enum(["works", "fails", "hangs"]).default("works"),
  queue: z.enum(["works", "loses", "repeats", "delays", "reorders", "refuses"]).default("works"),
  alarms: z.enum(["work", "late", "twice", "lost"]).default("work"),
  /** The next writes of ticks that fail, as on a full disk. */
  failingWrites: z.int().min(0).default(0),
  /** What the Worker's clock is ahead of the true one; below 0: behind. */
  clockMs: z.int().default(0),
  /** The next time that this place is reached, after so many passes, the process dies. */
  crash: z
    .strictObject({ at: z.enum(crashPoints), passes: z.int().min(0) })
    .nullable()
    .default(null),
});
export type EdgeFaults = z.infer<typeof EdgeFaults>;

export const noEdgeFaults: EdgeFaults = EdgeFaults.parse({});

/** What the lab's Worker writes among the log lines of the real one. */
export const EdgeNote = z.discriminatedUnion("lab", [
  /** The process waits at this point to be killed. */
  z.object({ lab: z.literal("crash"), at: z.enum(crashPoints) }),
  /** What the lab has broken was used while it was broken, for the first time since it was told. */
  z.object({ lab: z.literal("felt"), fault: z.enum(["d1", "queue", "alarms", "disk_full"]) }),
  /** An account has believed what a host reported. */
  z.object({
    lab: z.literal("believed"),
    at: z.number(),
    account: z.string(),
    host: z.string(),
    epoch: z.int(),
  }),
]);
export type EdgeNote = z.infer<typeof EdgeNote>;
