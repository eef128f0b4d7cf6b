import { memoryUsage } from "node:process";
import type { Fault } from "../faults/faults.ts";
import type { Network } from "../network/network.ts";
import type { Phone } from "../network/phone.ts";

/** A phone stops showing that somebody types when nothing more comes. */
const TYPING_SHOWN_MS = 25_000;

/** A phone as the control API shows it. */
export function phoneView(phone: Phone) {
  const typingSince = Date.now() - TYPING_SHOWN_MS;
  return {
    number: phone.number,
    lid: phone.lid,
    name: phone.name,
    created: phone.isCreated,
    on_whatsapp: phone.onWhatsapp,
    receipts: phone.receipts,
    addressing: phone.addressing,
    presence: phone.presence,
    typing: [...phone.typing.values()].filter(({ at }) => Date.parse(at) > typingSince),
    connected: [...phone.companions.values()].some(({ connection }) => connection !== null),
    companions: [...phone.companions.values()].map((companion) => ({
      device: companion.device,
      platform: companion.platform,
      connected: companion.connection !== null,
      handshake: companion.connection?.pattern ?? null,
      available: companion.isAvailable,
      pending: companion.pending.size,
      linked_at: new Date(companion.linkedAt).toISOString(),
    })),
  };
}

export function faultView(fault: Fault) {
  return fault;
}

/** What the network has seen since it started. */
export function statsView({ counters, connections, faults }: Network) {
  const { rss, heapUsed } = memoryUsage();
  const { user, system } = process.cpuUsage();
  return {
    connections: connections.size,
    connections_total: counters.connections,
    pairings: counters.pairings,
    stanzas: counters.stanzas,
    stanzas_per_second: counters.stanzasPerSecond(),
    messages: counters.messages,
    repeats: counters.repeats,
    decrypted: counters.decrypted,
    undecryptable: counters.undecryptable,
    retries: counters.retries,
    resend_requests: counters.resendRequests,
    delivered_offline: counters.offline,
    faults: faults.list().length,
    failures: counters.failures,
    last_failure: counters.lastFailure,
    unknown_requests: Object.fromEntries(counters.unknownRequests),
    uptime_seconds: Math.round((Date.now() - counters.startedAt) / 1000),
    cpu_seconds: (user + system) / 1e6,
    rss_bytes: rss,
    heap_bytes: heapUsed,
  };
}
