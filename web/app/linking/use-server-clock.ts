import { useEffect, useState } from "react";

/** The server's time, counted on in the browser, whose own clock may be wrong. */
export function useServerClock(serverNow: number, isRunning: boolean): number {
  const [now, setNow] = useState(serverNow);
  useEffect(() => {
    if (!isRunning) return undefined;
    const offset = serverNow - Date.now();
    const timer = setInterval(() => setNow(Date.now() + offset), 250);
    return () => clearInterval(timer);
  }, [serverNow, isRunning]);
  return now;
}
