import { z } from "zod";
import { HostName } from "./host.ts";
import { id } from "./ids.ts";
import { Timestamp } from "./lists.ts";
import { Reason } from "./reasons.ts";
import { Region } from "./regions.ts";

/**
 * `up`: takes accounts. `draining`: gives its accounts back and takes none. `unwell`: keeps what it
 * has and takes none until it is well again. `down`: not connected; its accounts are elsewhere.
 */
export const HostState = z.enum(["up", "draining", "unwell", "down"]);
export type HostState = z.infer<typeof HostState>;

export const HostLoad = z
  .strictObject({
    sessions: z.int().min(0),
    capacity: z.int().min(0).meta({ description: "More sessions than this it never takes." }),
    rss_bytes: z.int().min(0),
    memory_limit_bytes: z.int().min(0).meta({ description: "0 when the host did not say." }),
    event_loop_delay_ms: z.number().min(0),
  })
  .meta({ id: "HostLoad" });
export type HostLoad = z.infer<typeof HostLoad>;

/** How often sessions ended or failed for one reason. */
export const HostError = z
  .strictObject({ reason: Reason, count: z.int().min(1), last_at: Timestamp })
  .meta({ id: "HostError" });
export type HostError = z.infer<typeof HostError>;

const hostFields = {
  name: HostName,
  region: Region,
  state: HostState,
  load: HostLoad.nullable().meta({ description: "As last told; null while it is down." }),
  accounts: z.int().min(0).meta({ description: "How many accounts are placed there." }),
  connected_at: Timestamp.nullable(),
  seen_at: Timestamp.nullable(),
  errors: z
    .array(HostError)
    .meta({ description: "Of the last 24 hours, the most frequent first." }),
};

/** One process that holds accounts' connections. */
export const Host = z.strictObject(hostFields).meta({ id: "Host" });
export type Host = z.infer<typeof Host>;

export const HostedState = z.enum([
  "starting",
  "linking",
  "connecting",
  "connected",
  "reconnecting",
]);
export type HostedState = z.infer<typeof HostedState>;

/** An account on a host. */
export const HostedAccount = z
  .strictObject({
    id: id("account"),
    tenant: id("tenant").nullable().meta({ description: "Null when it was not noted." }),
    state: HostedState,
    since: Timestamp.nullable().meta({ description: "Since when it is in this state." }),
  })
  .meta({ id: "HostedAccount" });
export type HostedAccount = z.infer<typeof HostedAccount>;

export const HostDetail = z
  .strictObject({
    ...hostFields,
    hosted: z.array(HostedAccount).meta({ description: "At most 1,000 of its accounts." }),
  })
  .meta({ id: "HostDetail" });
export type HostDetail = z.infer<typeof HostDetail>;

/** One kind of error over the whole fleet. */
export const FleetError = z
  .strictObject({
    reason: Reason,
    count: z.int().min(1),
    hosts: z.int().min(1).meta({ description: "On how many hosts." }),
    last_at: Timestamp,
  })
  .meta({ id: "FleetError" });
export type FleetError = z.infer<typeof FleetError>;
