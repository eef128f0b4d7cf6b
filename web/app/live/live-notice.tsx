import { useEffect, useState } from "react";
import { useIsLive } from "./live-events.tsx";

/** A reconnect takes a moment, which is nobody's concern. */
const WORTH_SAYING_MS = 5_000;

/** Says when events stay away, since what is shown may then be some seconds old. */
export function LiveNotice() {
  const isLive = useIsLive();
  const [isSaid, setIsSaid] = useState(false);
  useEffect(() => {
    if (isLive) return undefined;
    const timer = setTimeout(() => setIsSaid(true), WORTH_SAYING_MS);
    return () => {
      clearTimeout(timer);
      setIsSaid(false);
    };
  }, [isLive]);
  return (
    <output
      data-live={isLive}
      className="pointer-events-none fixed inset-x-0 bottom-20 z-40 flex justify-center px-4 md:bottom-4"
    >
      {isSaid ? (
        <span className="rounded-full border border-border bg-card px-4 py-2 text-sm shadow-lg">
          No live connection. The page asks for news every few seconds.
        </span>
      ) : null}
    </output>
  );
}
