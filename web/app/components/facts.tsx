import type { ReactNode } from "react";

/** What is known of something, as pairs of a word and its value. */
export function Facts({ children }: { children: ReactNode }) {
  return <dl className="divide-y divide-border text-sm">{children}</dl>;
}

export function Fact({
  label,
  note,
  children,
}: {
  label: string;
  /** What it means, where the label is not enough. */
  note?: ReactNode;
  children: ReactNode;
}) {
  return (
    <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-0.5 py-2.5 first:pt-0 last:pb-0">
      <dt className="text-muted-foreground">{label}</dt>
      <dd className="tabular-nums">{children}</dd>
      {note === undefined ? null : (
        <dd className="w-full text-[0.8125rem] text-pretty text-muted-foreground">{note}</dd>
      )}
    </div>
  );
}
