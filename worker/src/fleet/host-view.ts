import type { HostState } from "@roost/contract/admin";
import type { Load } from "@roost/contract/host";
import type { ErrorCount } from "./host-errors.ts";
import type { StoredHost } from "./host-sessions.ts";
import type { Attachment } from "./host-sockets.ts";

/** A host as those who run the fleet see it. */
export type HostView = {
  name: string;
  region: string;
  state: HostState;
  load: Load | null;
  accounts: number;
  connectedAt: number | null;
  seenAt: number | null;
  errors: ErrorCount[];
};

/** The state of a host, from its socket's facts and from what its admins want. */
export function hostState(
  socket: Pick<Attachment, "isDraining" | "isUnwell"> | null,
  isDrained: boolean,
): HostState {
  if (socket === null) return "down";
  if (socket.isDraining || isDrained) return "draining";
  return socket.isUnwell ? "unwell" : "up";
}

/** The view of a host; `seenAt` is the socket's, null when there is none. */
export function viewOf(
  stored: StoredHost,
  socket: Attachment | null,
  facts: Pick<HostView, "region" | "accounts" | "seenAt" | "errors">,
): HostView {
  return {
    ...facts,
    name: stored.name,
    state: hostState(socket, stored.isDraining),
    load: socket?.load ?? null,
    connectedAt: socket === null ? null : stored.connectedAt,
    seenAt: facts.seenAt ?? stored.seenAt,
  };
}
