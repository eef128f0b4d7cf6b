import type { ReactNode } from "react";
import { Card } from "./card.tsx";

/** One thing to do, in the middle of the page. */
export function VisitorCard({
  title,
  description,
  footer,
  children,
}: {
  title: string;
  description?: ReactNode;
  footer?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <>
      <Card className="p-6 sm:p-8">
        <header className="mb-6 space-y-1.5">
          <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
          {description === undefined ? null : (
            <p className="text-sm text-pretty text-muted-foreground">{description}</p>
          )}
        </header>
        {children}
      </Card>
      {footer === undefined ? null : (
        <p className="mt-5 text-center text-sm text-muted-foreground">{footer}</p>
      )}
    </>
  );
}

export const textLink =
  "font-medium text-primary underline decoration-primary/30 underline-offset-4 hover:decoration-primary";
