import type { MessageState } from "@roost/contract/messages";
import { Ban, Check, CheckCheck, CircleAlert, CircleHelp, Clock } from "lucide-react";
import { cn } from "../lib/cn.ts";
import { type Mark, tickOf } from "../messages/ticks.ts";

const marks: Record<Mark, { icon: typeof Check; className: string }> = {
  clock: { icon: Clock, className: "text-muted-foreground p-px" },
  one: { icon: Check, className: "text-muted-foreground" },
  two: { icon: CheckCheck, className: "text-muted-foreground" },
  read: { icon: CheckCheck, className: "text-tick-read" },
  problem: { icon: CircleAlert, className: "text-destructive" },
  stopped: { icon: Ban, className: "text-muted-foreground" },
  unknown: { icon: CircleHelp, className: "text-warning" },
};

/** The marks that people know from WhatsApp, with their word for those who cannot see them. */
export function Ticks({ state, hasLabel = false }: { state: MessageState; hasLabel?: boolean }) {
  const tick = tickOf(state);
  if (tick === null) return null;
  const { icon: Icon, className } = marks[tick.mark];
  return (
    <span className="inline-flex items-center gap-1.5" data-state={state} title={tick.label}>
      <Icon aria-hidden className={cn("size-4 shrink-0", className)} />
      <span className={hasLabel ? undefined : "sr-only"}>{tick.label}</span>
    </span>
  );
}
