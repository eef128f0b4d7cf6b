import type { CrashPoint as HostCrashPoint } from "../../../session-node/src/crash-points.ts";
import type { CrashPoint } from "./edge-faults.ts";
import type { LinkMode } from "./tcp-proxy.ts";

export type LinkName = "client-edge" | `host-${number}-edge` | `host-${number}-whatsapp`;
/** A host's name is `local-` and this number; the first is 1. */
export type HostNumber = number;

/** One thing that goes wrong. Those that last are over after the strike's `lastsMs`. */
export type Fault =
  | { kind: "host_killed"; host: HostNumber }
  | { kind: "host_drained"; host: HostNumber }
  | { kind: "host_frozen"; host: HostNumber }
  | { kind: "host_crash"; host: HostNumber; at: HostCrashPoint; passes: number }
  | { kind: "workerd_killed" }
  | { kind: "edge_killed" }
  | { kind: "edge_restarted" }
  | { kind: "edge_crash"; at: CrashPoint; passes: number }
  | { kind: "disk_full"; writes: number }
  | { kind: "link"; link: LinkName; mode: Exclude<LinkMode, "pass">; forgets: boolean }
  | { kind: "link_flaps"; link: LinkName; downMs: number; upMs: number }
  | { kind: "d1"; how: "fails" | "hangs" }
  | { kind: "queue"; how: "loses" | "repeats" | "delays" | "reorders" | "refuses" }
  | { kind: "alarms"; how: "late" | "twice" | "lost" }
  | { kind: "clock"; of: "edge" | HostNumber; ms: number }
  | { kind: "whatsapp_killed" }
  | { kind: "whatsapp"; spec: WhatsAppFault; account: number | null };

/** As the sandbox's `POST /faults` takes it, without the number. */
export type WhatsAppFault = { kind: string; count?: number } & Record<string, unknown>;

export type Strike = { n: number; atMs: number; lastsMs: number; fault: Fault };

/** What is counted together in the report. */
export function labelOf(fault: Fault): string {
  switch (fault.kind) {
    case "host_crash":
      return `host dies at ${fault.at}`;
    case "edge_crash":
      return `edge dies at ${fault.at}`;
    case "link":
      return `${kindOfLink(fault.link)} ${fault.mode}`;
    case "link_flaps":
      return `${kindOfLink(fault.link)} flaps`;
    case "d1":
      return `D1 ${fault.how}`;
    case "queue":
      return `queue ${fault.how}`;
    case "alarms":
      return `alarms ${fault.how}`;
    case "clock":
      return `${fault.of === "edge" ? "edge" : "host"} clock ${fault.ms > 0 ? "ahead" : "behind"}`;
    case "whatsapp":
      return `WhatsApp ${nameOf(fault.spec)}`;
    default:
      return fault.kind.replaceAll("_", " ");
  }
}

/** What only one fault at a time can be about; null where any number may come together. */
export function targetOf(fault: Fault): string | null {
  switch (fault.kind) {
    case "host_killed":
    case "host_drained":
    case "host_frozen":
    case "host_crash":
      return `host ${fault.host}`;
    case "workerd_killed":
    case "edge_killed":
    case "edge_restarted":
    case "edge_crash":
      return "edge";
    case "link":
    case "link_flaps":
      return fault.link;
    case "clock":
      return `clock of ${fault.of}`;
    case "d1":
    case "queue":
    case "alarms":
    case "disk_full":
    case "whatsapp_killed":
      return fault.kind;
    case "whatsapp":
      return `whatsapp ${fault.account ?? "all"}`;
  }
}

function kindOfLink(link: LinkName): string {
  return link.replace(/-\d+-/, "-");
}

function nameOf({ kind, code, status }: WhatsAppFault): string {
  const number = code ?? status;
  return typeof number === "number" ? `${kind} ${number}` : kind;
}
