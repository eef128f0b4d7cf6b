import type { Event, EventType } from "@roost/contract/events";

/** Named here and not imported as a value, which would bring all schemas into the browser. */
const heard: Record<EventType | "message", true> = {
  "message.received": true,
  "message.accepted": true,
  "message.sent": true,
  "message.delivered": true,
  "message.read": true,
  "message.played": true,
  "message.failed": true,
  "message.expired": true,
  "message.cancelled": true,
  "message.unconfirmed": true,
  "message.edited": true,
  "message.revoked": true,
  "message.reaction": true,
  "account.linked": true,
  "account.connected": true,
  "account.disconnected": true,
  "account.restricted": true,
  "account.logged_out": true,
  "account.health_changed": true,
  "link.updated": true,
  message: true,
};
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

type StreamListener = {
  onEvent: (event: Event) => void;
  onOpen: () => void;
  onLost: () => void;
};

/** Listens to the tenant's events until the returned function is called; comes back by itself. */
export function openStream({ onEvent, onOpen, onLost }: StreamListener): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let pauseMs = FIRST_PAUSE_MS;

  const open = (): void => {
    source = new EventSource("/v1/events/stream");
    source.addEventListener("open", () => {
      pauseMs = FIRST_PAUSE_MS;
      onOpen();
    });
    source.addEventListener("error", () => {
      onLost();
      // The browser reconnects by itself unless the answer was a refusal.
      if (source?.readyState !== EventSource.CLOSED) return;
      timer = setTimeout(open, pauseMs);
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    });
    for (const type of Object.keys(heard)) {
      source.addEventListener(type, (message: MessageEvent<string>) => {
        // Our own API's stream: what it carries is the contract's `Event`.
        onEvent(JSON.parse(message.data) as Event);
      });
    }
  };
  open();

  return () => {
    if (timer !== null) clearTimeout(timer);
    source?.close();
  };
}
