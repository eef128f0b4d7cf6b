import { Bird } from "lucide-react";
import { cn } from "../lib/cn.ts";

export function Logo({ className }: { className?: string }) {
  return (
    <span
      className={cn("inline-flex items-center gap-2.5 font-semibold tracking-tight", className)}
    >
      <span className="flex size-8 items-center justify-center rounded-lg bg-primary text-primary-foreground">
        <Bird aria-hidden className="size-4.5" />
      </span>
      <span className="text-[1.0625rem]">Roost</span>
    </span>
  );
}
