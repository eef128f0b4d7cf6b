import { PING_EVERY_MS, WORK_LEASE_MS } from "@roost/contract/host";

/** Every wait of the host in one place, so that tests can shorten them and a reader can compare them. */
export type Timings = {
  /** From the written stanza to calling it unconfirmed. A later ack or receipt still settles it. */
  ackDeadlineMs: number;
  /** From handing a message to Baileys to giving up on the connection; it waits for answers meanwhile. */
  sendDeadlineMs: number;
  /** From the first byte to an open session, or to a QR; longer means that WhatsApp does not answer. */
  connectDeadlineMs: number;
  /** How long a repeated attempt waits for the offline queue before it stops hoping for a receipt. */
  offlineQueueDeadlineMs: number;
  /** How long a pairing code is worth typing. */
  codeValidMs: number;
  /** How long a phone that has accepted us may take until the login after it is over. */
  confirmLinkMs: number;
  /** How long each QR lives; null leaves it to WhatsApp's own rhythm, 60 s and then 20 s each. */
  qrValidMs: number | null;
  /** Key writes are collected this long before they go to the edge. */
  keyFlushMs: number;
  /** Keys not used for this long, and durable at the edge, leave the memory. */
  keyColdMs: number;
  /** How long a leaving session waits for the acks of what it has begun. */
  finishMs: number;
  /** How long an account that is unlinked while it is not connected has to connect for it. */
  unlinkMs: number;
  /** How long an ending session waits for what came in to be decrypted and reported. */
  handOnMs: number;
  /** How long a leaving host waits until the edge has acknowledged its last reports. */
  drainMs: number;
  /** A session that was open this long counts as healthy again. */
  settledMs: number;
  /** The pause before sending goes on after WhatsApp left a look-up unanswered. */
  lookUpRetryMs: number;
  /** How soon the phone is asked again for what could not be read, and how rarely at last. */
  askAgainPause: { firstMs: number; capMs: number };
  /** How long after a login what is still missing is asked for. */
  askSettleMs: number;
  /** WhatsApp is asked whether it is there when nothing came for so long; it answers in time, or is deaf. */
  quietMs: number;
  probeAnswerMs: number;
  /** How often a host looks after its sessions: what is cold, and what is quiet. */
  sweepEveryMs: number;
  /** A phone that is seen is told about at most this often. */
  phoneSeenEveryMs: number;
  /** So long after a login WhatsApp is asked how the number stands, and up to twice as long. */
  standingAfterMs: number;
  reconnectPause: { firstMs: number; capMs: number };
  edgePause: { firstMs: number; capMs: number };
  /** How long the edge may take to welcome us once the socket is open. */
  welcomeMs: number;
  /** A read of stored keys that is not answered is repeated this often. */
  keysAgainMs: number;
  pingEveryMs: number;
  /** How long after a ping that was answered something may still be begun at WhatsApp. */
  workLeaseMs: number;
  /** After so long without an answer the edge is dialled anew. */
  edgeSilentMs: number;
  /** After so long without an answer our accounts run elsewhere: the connections to WhatsApp end. */
  letGoMs: number;
  /** Giving sessions back is spread over this much for each, so that they do not start in one instant. */
  giveBackEachMs: { leaving: number; draining: number };
};

export const defaultTimings: Timings = {
  ackDeadlineMs: 15_000,
  sendDeadlineMs: 60_000,
  connectDeadlineMs: 30_000,
  offlineQueueDeadlineMs: 10_000,
  codeValidMs: 180_000,
  confirmLinkMs: 90_000,
  qrValidMs: null,
  keyFlushMs: 200,
  keyColdMs: 60_000,
  finishMs: 5_000,
  unlinkMs: 5_000,
  handOnMs: 2_000,
  drainMs: 8_000,
  settledMs: 30_000,
  lookUpRetryMs: 2_000,
  askAgainPause: { firstMs: 15_000, capMs: 6 * 60 * 60_000 },
  askSettleMs: 2_000,
  quietMs: 20_000,
  probeAnswerMs: 8_000,
  sweepEveryMs: 5_000,
  phoneSeenEveryMs: 3_600_000,
  standingAfterMs: 2_000,
  reconnectPause: { firstMs: 500, capMs: 300_000 },
  // Short, because the edge keeps our sessions for us for only some seconds after it lost us.
  edgePause: { firstMs: 100, capMs: 1_000 },
  welcomeMs: 5_000,
  keysAgainMs: 3_000,
  pingEveryMs: PING_EVERY_MS,
  workLeaseMs: WORK_LEASE_MS,
  edgeSilentMs: 9_000,
  // The edge has waited SILENT_AFTER_MS; some seconds more and another host has logged in.
  letGoMs: 18_000,
  giveBackEachMs: { leaving: 10, draining: 50 },
};

/** The pause before attempt number `attempt` (the first is 1), half of it chance. `random` is in [0, 1). */
export function growingPause(
  attempt: number,
  pause: { firstMs: number; capMs: number },
  random: number,
): number {
  const full = Math.min(pause.capMs, pause.firstMs * 2 ** Math.min(attempt - 1, 30));
  // Half is chance, so that sessions which fell together do not come back together.
  return Math.round(full / 2 + (full / 2) * random);
}
