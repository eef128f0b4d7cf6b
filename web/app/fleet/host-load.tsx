import type { Host } from "@roost/contract/admin";
import { Bar } from "../components/meter.tsx";
import { cn } from "../lib/cn.ts";
import { formatCount } from "../lib/numbers.ts";
import { formatBytes } from "./host-words.ts";

/** An event loop that is later than this makes everybody on the host wait. */
const SLOW_MS = 100;

/** How full a host is: sessions, memory, and how late it is with everything. */
export function HostLoad({ load }: { load: Host["load"] }) {
  if (load === null) {
    return (
      <p className="text-[0.8125rem] text-muted-foreground">No load is known while it is down.</p>
    );
  }
  const { sessions, capacity, rss_bytes: memory, memory_limit_bytes: limit } = load;
  const delay = load.event_loop_delay_ms;
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-4 text-[0.8125rem] sm:grid-cols-3">
      <div>
        <dt className="text-muted-foreground">Sessions</dt>
        <dd className="mt-0.5 tabular-nums">
          {formatCount(sessions)}{" "}
          <span className="text-muted-foreground">of {formatCount(capacity)}</span>
          <Bar used={sessions} limit={capacity} className="mt-1.5" />
        </dd>
      </div>
      <div>
        <dt className="text-muted-foreground">Memory</dt>
        <dd className="mt-0.5 tabular-nums">
          {formatBytes(memory)}{" "}
          {limit === 0 ? null : (
            <>
              <span className="text-muted-foreground">of {formatBytes(limit)}</span>
              <Bar used={memory} limit={limit} className="mt-1.5" />
            </>
          )}
        </dd>
      </div>
      <div>
        <dt className="text-muted-foreground">Event loop</dt>
        <dd className={cn("mt-0.5 tabular-nums", delay > SLOW_MS && "text-warning")}>
          {delay < 10 ? delay.toFixed(1) : formatCount(Math.round(delay))} ms late
        </dd>
      </div>
    </dl>
  );
}
