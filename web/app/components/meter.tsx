import { cn } from "../lib/cn.ts";
import { formatCount, percentOf } from "../lib/numbers.ts";

/** How much of something is used: the numbers, and a bar for the eye. */
export function Meter({
  label,
  used,
  limit,
  isLow,
}: {
  label: string;
  used: number;
  limit: number;
  isLow?: boolean | undefined;
}) {
  return (
    <div>
      <div className="flex flex-wrap justify-between gap-x-3 text-[0.8125rem]">
        <span className="text-muted-foreground">{label}</span>
        <span className="tabular-nums">
          {formatCount(used)} <span className="text-muted-foreground">of {formatCount(limit)}</span>
        </span>
      </div>
      <Bar used={used} limit={limit} isLow={isLow} className="mt-1" />
    </div>
  );
}

/** The bar alone, for where the numbers stand beside it. */
export function Bar({
  used,
  limit,
  isLow = used >= limit,
  className,
}: {
  used: number;
  limit: number;
  /** Whether a person should look at it; when nothing is left, unless told. */
  isLow?: boolean | undefined;
  className?: string;
}) {
  return (
    <div aria-hidden className={cn("h-1.5 overflow-hidden rounded-full bg-muted", className)}>
      <div
        className={cn("h-full rounded-full", isLow ? "bg-warning" : "bg-primary")}
        style={{ width: `${percentOf(used, limit)}%` }}
      />
    </div>
  );
}
