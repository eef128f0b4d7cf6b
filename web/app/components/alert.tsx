import { CircleAlert, CircleCheck, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "../lib/cn.ts";

const tones = {
  info: { icon: Info, className: "border-border bg-muted text-foreground" },
  good: { icon: CircleCheck, className: "border-primary/25 bg-accent text-accent-foreground" },
  warning: { icon: TriangleAlert, className: "border-warning/30 bg-warning-soft text-warning" },
  bad: {
    icon: CircleAlert,
    className: "border-destructive/30 bg-destructive-soft text-destructive",
  },
};

/** One sentence that must be seen; `isUrgent` reads it out at once. */
export function Alert({
  tone,
  isUrgent = false,
  className,
  children,
}: {
  tone: keyof typeof tones;
  isUrgent?: boolean;
  className?: string;
  children: ReactNode;
}) {
  const { icon: Icon, className: look } = tones[tone];
  return (
    <div
      role={isUrgent ? "alert" : undefined}
      className={cn("flex gap-2.5 rounded-lg border px-3.5 py-3 text-sm", look, className)}
    >
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0" />
      <div className="min-w-0 text-pretty [overflow-wrap:anywhere]">{children}</div>
    </div>
  );
}
