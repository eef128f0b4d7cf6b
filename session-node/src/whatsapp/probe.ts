import { S_WHATSAPP_NET, type WASocket } from "@whiskeysockets/baileys";
import type { Timings } from "../timings.ts";

export type ProbeFacts = {
  now: number;
  /** When WhatsApp last said anything. */
  heardAt: number;
  /** When it was last asked; null if it never was. */
  askedAt: number | null;
};

/**
 * Whether a connection is to be asked if it still lives. Many accounts hear nothing for hours, so
 * quiet alone says nothing; a question that stays unanswered does.
 */
export function nextProbe(
  { now, heardAt, askedAt }: ProbeFacts,
  { quietMs, probeAnswerMs }: Pick<Timings, "quietMs" | "probeAnswerMs">,
): "wait" | "ask" | "deaf" {
  if (now - heardAt < quietMs) return "wait";
  if (askedAt === null || askedAt < heardAt) return "ask";
  return now - askedAt < probeAnswerMs ? "wait" : "deaf";
}

/** WhatsApp Web's own question, the smallest there is. */
export async function ask(socket: WASocket): Promise<void> {
  try {
    await socket.sendNode({
      tag: "iq",
      attrs: {
        id: socket.generateMessageTag(),
        to: S_WHATSAPP_NET,
        type: "get",
        xmlns: "w:p",
      },
      content: [{ tag: "ping", attrs: {} }],
    });
  } catch {
    // The socket has just closed, which ends the connection anyway.
  }
}
