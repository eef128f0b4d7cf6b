import type { ReactNode } from "react";
import { Alert } from "../components/alert.tsx";

/** Something that can be done, what it means, and the button. */
export function Deed({
  title,
  text,
  refusal,
  children,
}: {
  title: string;
  text: string;
  refusal: string | undefined;
  children: ReactNode;
}) {
  return (
    <div className="py-4 first:pt-0 last:pb-0">
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
        <div className="max-w-sm min-w-0 text-sm">
          <h3 className="font-medium">{title}</h3>
          <p className="text-pretty text-muted-foreground">{text}</p>
        </div>
        {children}
      </div>
      {refusal === undefined ? null : (
        <Alert tone="bad" isUrgent className="mt-3">
          {refusal}
        </Alert>
      )}
    </div>
  );
}
