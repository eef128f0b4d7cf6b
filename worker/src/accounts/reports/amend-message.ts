import type { Change, StoredMessage } from "../stored.ts";

/** What can happen to a message's content after it was written. */
export type Amendment = Extract<Change, { kind: "edited" | "revoked" | "reaction" | "content" }>;

/** Makes the change in the message itself, alive and in replay alike. */
export function amendMessage(message: StoredMessage, change: Amendment): void {
  switch (change.kind) {
    case "edited":
      message.text = change.text;
      message.editedAt = change.at;
      if (message.isMissing === true) message.type = "text";
      delete message.isMissing;
      return;
    case "revoked":
      // Who took it back does not want it read any more.
      message.text = null;
      message.revokedAt = change.at;
      return;
    case "reaction": {
      const { isOurs, emoji, at } = change;
      const others = (message.reactions ?? []).filter((reaction) => reaction.isOurs !== isOurs);
      message.reactions = emoji === null ? others : [...others, { isOurs, emoji, at }];
      return;
    }
    case "content":
      message.type = change.type;
      message.text = change.text;
      message.replyTo = change.replyTo;
      delete message.isMissing;
  }
}
