import { push } from "../network/delivery.ts";
import type { Companion } from "../network/companion.ts";
import type { Connection } from "../network/connection.ts";
import type { Network } from "../network/network.ts";
import { element } from "../stanzas/node.ts";
import { appliesTo, type Fault, isMomentary, use } from "./faults.ts";
import type { FaultSpec } from "./schema.ts";
import { capNotification, timeLockNotification } from "./standing.ts";

/** Begins a fault: what concerns open connections happens to them at once. */
export function beginFault(network: Network, spec: FaultSpec): Fault {
  const fault = network.faults.add(spec);
  const matching = [...network.companions()].filter((companion) =>
    appliesTo(fault, companion.phone.number),
  );
  if (fault.kind === "time_lock") {
    for (const companion of matching) push(network, companion, timeLockNotification(fault));
  }
  if (fault.kind === "new_chat_cap") {
    for (const companion of matching) push(network, companion, capNotification(fault));
  }
  if (isMomentary(fault.kind) || fault.kind === "silence") strikeAll(network, fault, matching);
  return fault;
}

/** Ends all faults. Connections that were silent are gone: what they swallowed cannot be read again. */
export function endFaults(network: Network): void {
  for (const connection of network.connections) {
    if (connection.isSilent) connection.cut();
  }
  for (const fault of network.faults.clear()) {
    if (fault.kind !== "time_lock") continue;
    for (const companion of network.companions()) {
      if (!appliesTo(fault, companion.phone.number)) continue;
      push(network, companion, timeLockNotification(null));
    }
  }
}

/** What befalls a companion that has just logged in. True when its connection is lost by it. */
export function strikeAtLogin(network: Network, companion: Companion): boolean {
  const { number } = companion.phone;
  for (const kind of ["drop", "replaced", "restart", "stream_error", "bad_frame"] as const) {
    const fault = network.faults.take(kind, number);
    if (fault && companion.connection) strike(network, fault, companion, companion.connection);
    if (fault) return true;
  }
  return false;
}

function strikeAll(network: Network, fault: Fault, matching: readonly Companion[]): void {
  let struck = 0;
  for (const companion of matching) {
    const { connection } = companion;
    if (connection) strike(network, fault, companion, connection);
    // A companion can be unlinked while it is away.
    else if (fault.kind === "logged_out") network.book.unlink(companion);
    else continue;
    struck++;
  }
  if (struck > 0) use(fault);
  // Nobody was there: the moment has passed, unless more were asked for.
  else if (isMomentary(fault.kind) && fault.count === undefined) fault.remaining = 0;
}

function strike(
  network: Network,
  fault: Fault,
  companion: Companion,
  connection: Connection,
): void {
  switch (fault.kind) {
    case "drop":
      return connection.cut();
    case "silence":
      connection.isSilent = true;
      return;
    case "bad_frame":
      return connection.sendGarbage();
    case "replaced":
      return connection.closeWith(
        element("stream:error", {}, [element("conflict", { type: "replaced" })]),
      );
    case "restart":
      return connection.closeWith(element("stream:error", { code: "515" }));
    case "stream_error":
      return connection.closeWith(element("stream:error", { code: String(fault.code) }));
    case "logged_out":
      return logOut(network, companion);
    default:
  }
}

/** The owner has removed this companion on the phone. */
export function logOut(network: Network, companion: Companion): void {
  const { connection } = companion;
  network.book.unlink(companion);
  connection?.closeWith(
    element("stream:error", { code: "401" }, [element("conflict", { type: "device_removed" })]),
  );
}
