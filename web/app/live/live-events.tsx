import { useRevalidator } from "@remix-run/react";
import type { Event } from "@roost/contract/events";
import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { openStream } from "./open-stream.ts";

type Listener = (event: Event) => void;
type Live = {
  /** Whether events arrive; if not, pages ask again themselves. */
  isLive: boolean;
  listen: (listener: Listener) => () => void;
};

const Context = createContext<Live>({ isLive: false, listen: () => () => {} });
const POLL_MS = 5_000;

/** One stream of events for the whole page; whoever needs some listens to it. */
export function LiveEvents({ children }: { children: ReactNode }) {
  const [listeners] = useState(() => new Set<Listener>());
  const [isLive, setIsLive] = useState(false);
  const refresh = useRefresh();

  useEffect(
    () =>
      openStream({
        onEvent: (event) => {
          for (const listener of listeners) listener(event);
        },
        onOpen: () => {
          setIsLive(true);
          // What happened since the page was made, or since the stream was lost, was not told to us.
          refresh();
        },
        onLost: () => setIsLive(false),
      }),
    [listeners, refresh],
  );

  useEffect(() => {
    if (isLive) return undefined;
    const look = (): void => {
      if (document.visibilityState === "visible") refresh();
    };
    document.addEventListener("visibilitychange", look);
    const timer = setInterval(look, POLL_MS);
    return () => {
      document.removeEventListener("visibilitychange", look);
      clearInterval(timer);
    };
  }, [isLive, refresh]);

  const [listen] = useState(() => (listener: Listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  });
  const live = useMemo(() => ({ isLive, listen }), [isLive, listen]);
  return <Context.Provider value={live}>{children}</Context.Provider>;
}

export function useIsLive(): boolean {
  return useContext(Context).isLive;
}

/** Calls `onEvent` for every event while the component is shown. */
export function useLiveEvents(onEvent: Listener): void {
  const { listen } = useContext(Context);
  const latest = useRef(onEvent);
  useEffect(() => {
    latest.current = onEvent;
  });
  useEffect(() => listen((event) => latest.current(event)), [listen]);
}

/** Loads the page's data anew, never twice at a time and at most once in `everyMs`. */
export function useRefresh(everyMs = 1_000): () => void {
  const revalidator = useRevalidator();
  const latest = useRef(revalidator);
  useEffect(() => {
    latest.current = revalidator;
  });
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const lastAt = useRef(0);
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current);
    },
    [],
  );
  const [refresh] = useState(() => (): void => {
    if (timer.current !== null) return;
    const waitMs = Math.max(0, lastAt.current + everyMs - Date.now());
    timer.current = setTimeout(() => {
      timer.current = null;
      lastAt.current = Date.now();
      latest.current.revalidate();
    }, waitMs);
  });
  return refresh;
}
