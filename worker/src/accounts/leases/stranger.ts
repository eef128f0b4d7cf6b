import type { StoredChat } from "../stored.ts";

/**
 * Whom a message goes to. `known`: the person has written to us. `unanswered`: we wrote, and nothing
 * came back. `new`: nothing of ours was ever sent; such a message begins a chat.
 */
export type Grade = "known" | "unanswered" | "new";
export const GRADES = ["known", "unanswered", "new"] as const satisfies readonly Grade[];

/** What WhatsApp takes a message in this chat for. Chats from before this was kept count as begun. */
export function gradeOf(chat: Pick<StoredChat, "lastInboundAt" | "begunAt"> | null): Grade {
  if (chat === null) return "new";
  if (chat.lastInboundAt !== null) return "known";
  return chat.begunAt === null ? "new" : "unanswered";
}
