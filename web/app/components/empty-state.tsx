import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

/** Where there is nothing yet: what this is for and what to do next. */
export function EmptyState({
  icon: Icon,
  title,
  children,
  action,
}: {
  icon: LucideIcon;
  title: string;
  children: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className="flex flex-col items-center px-6 py-14 text-center">
      <span className="mb-4 flex size-12 items-center justify-center rounded-full bg-accent text-accent-foreground">
        <Icon aria-hidden className="size-5.5" />
      </span>
      <h2 className="text-base font-semibold tracking-tight">{title}</h2>
      <p className="mt-1.5 max-w-sm text-sm text-balance text-muted-foreground">{children}</p>
      {action === undefined ? null : <div className="mt-5">{action}</div>}
    </div>
  );
}
