import { cn } from "../lib/cn.ts";

/** Code as it is to be typed. Scrolls by itself where it is too wide, also by keyboard. */
export function CodeBlock({
  label,
  code,
  className,
}: {
  label: string;
  code: string;
  className?: string;
}) {
  return (
    <section
      aria-label={label}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      className={cn("overflow-x-auto rounded-lg border border-border bg-muted", className)}
    >
      <pre className="w-max min-w-full p-4 font-mono text-[0.8125rem] leading-6">
        <code>{code}</code>
      </pre>
    </section>
  );
}
