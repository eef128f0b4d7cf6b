import { formatCount } from "../lib/numbers.ts";

/** One number that matters, within a list of such. */
export function Figure({ label, value, of }: { label: string; value: number; of: string }) {
  return (
    <div className="min-w-0">
      <dt className="text-[0.8125rem] text-muted-foreground">{label}</dt>
      <dd className="mt-0.5 [overflow-wrap:anywhere]">
        <span className="text-2xl font-semibold tracking-tight tabular-nums">
          {formatCount(value)}
        </span>{" "}
        <span className="text-[0.8125rem] text-muted-foreground">{of}</span>
      </dd>
    </div>
  );
}
