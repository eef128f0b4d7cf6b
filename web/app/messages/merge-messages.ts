import type { MessageData } from "@roost/contract/events";
import { progressOf } from "./ticks.ts";

/**
 * The list that a page was given, with what the live stream told since: states that are further on,
 * and messages that came after. Newest first, at most `limit`.
 */
export function mergeMessages(
  listed: readonly MessageData[],
  live: ReadonlyMap<string, MessageData>,
  limit: number,
): MessageData[] {
  const known = new Set(listed.map((message) => message.id));
  const merged: MessageData[] = listed.map((message) => merge(message, live.get(message.id)));
  // An older one belongs to a page further back.
  const last = listed.length < limit ? undefined : listed.at(-1);
  for (const message of live.values()) {
    const isOnThisPage = last === undefined || message.id > last.id;
    if (!known.has(message.id) && isOnThisPage) merged.push(message);
  }
  return merged.sort(newestFirst).slice(0, Math.max(limit, listed.length));
}

/** State and content go on independently: an old tick does not bring an edited text back. */
function merge(listed: MessageData, live: MessageData | undefined): MessageData {
  if (live === undefined) return listed;
  const further = progressOf(live.state) >= progressOf(listed.state) ? live : listed;
  const newer = amendedAt(live) >= amendedAt(listed) ? live : listed;
  const { text: _, ...rest } = further;
  return {
    ...rest,
    ...(newer.text === undefined ? {} : { text: newer.text }),
    type: newer.type,
    edited_at: newer.edited_at,
    revoked_at: newer.revoked_at,
    // An event of a reaction names the message only: the list is loaded anew with it.
    reactions: listed.reactions,
  };
}

function amendedAt({ edited_at: editedAt, revoked_at: revokedAt }: MessageData): number {
  const time = (at: string | null): number => (at === null ? 0 : Date.parse(at));
  return Math.max(time(editedAt), time(revokedAt));
}

/** Ids of one account count up; of several accounts the time decides. */
function newestFirst(a: MessageData, b: MessageData): number {
  if (a.account === b.account) return a.id < b.id ? 1 : -1;
  return a.created_at < b.created_at ? 1 : -1;
}
