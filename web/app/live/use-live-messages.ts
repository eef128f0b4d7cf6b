import type { MessageData } from "@roost/contract/events";
import { useEffect, useMemo, useRef, useState } from "react";
import { mergeMessages } from "../messages/merge-messages.ts";
import { useLiveEvents, useRefresh } from "./live-events.tsx";

/** A burst of events is drawn at once. */
const DRAW_EVERY_MS = 80;
/** More than a page shows; older ones are in the list that the server gave. */
const MOST_KEPT = 200;

/** The messages that the page was loaded with, kept up to date by the stream. Newest first. */
export function useLiveMessages(
  listed: readonly MessageData[],
  limit: number,
  belongs: (message: MessageData) => boolean,
): MessageData[] {
  const [live, setLive] = useState<ReadonlyMap<string, MessageData>>(() => new Map());
  const waiting = useRef<MessageData[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);

  const refresh = useRefresh();

  useLiveEvents((event) => {
    if (!event.type.startsWith("message.")) return;
    // It names the message and does not carry it.
    if (event.type === "message.reaction") {
      refresh();
      return;
    }
    // The type says what the data is; TypeScript cannot see it through the prefix.
    const message = event.data as MessageData;
    if (!belongs(message)) return;
    waiting.current.push(message);
    timer.current ??= setTimeout(() => {
      timer.current = null;
      const arrived = waiting.current.splice(0);
      setLive((before) => kept(before, arrived));
    }, DRAW_EVERY_MS);
  });
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current);
    },
    [],
  );

  return useMemo(() => {
    const here = new Map([...live].filter(([, message]) => belongs(message)));
    return mergeMessages(listed, here, limit);
    // `belongs` is a new function each time and says the same for the same page.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [listed, live, limit]);
}

function kept(
  before: ReadonlyMap<string, MessageData>,
  arrived: readonly MessageData[],
): ReadonlyMap<string, MessageData> {
  const after = new Map(before);
  for (const message of arrived) {
    // Taken out and put back, so that the map's order is that of the last change.
    after.delete(message.id);
    after.set(message.id, message);
  }
  return new Map([...after].slice(-MOST_KEPT));
}
