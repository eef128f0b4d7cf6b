import { useEffect } from "react";
import { useRefresh } from "./live-events.tsx";

/** Loads the page's data anew every so often while somebody looks: for what no event tells. */
export function usePolling(everyMs: number): void {
  const refresh = useRefresh(everyMs);
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") refresh();
    }, everyMs);
    return () => clearInterval(timer);
  }, [everyMs, refresh]);
}
