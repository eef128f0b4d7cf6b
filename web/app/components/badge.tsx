import type { AccountState } from "@roost/contract/accounts";
import type { ReactNode } from "react";
import { cn } from "../lib/cn.ts";

const tones = {
  good: "text-success [--dot:var(--success)]",
  busy: "text-warning [--dot:var(--warning)]",
  bad: "text-destructive [--dot:var(--destructive)]",
  quiet: "text-muted-foreground [--dot:var(--muted-foreground)]",
};
type Tone = keyof typeof tones;

/** A state in a word, never by colour alone. */
export function Badge({
  tone,
  isMoving = false,
  children,
}: {
  tone: Tone;
  isMoving?: boolean;
  children: ReactNode;
}) {
  return (
    <span
      className={cn(
        "inline-flex h-6 items-center gap-1.5 rounded-full border border-border bg-card px-2.5 text-xs font-medium whitespace-nowrap",
        tones[tone],
      )}
    >
      <span
        aria-hidden
        className={cn("size-1.5 rounded-full bg-(--dot)", isMoving && "animate-pulse")}
      />
      {children}
    </span>
  );
}

const states: Record<AccountState, { label: string; tone: Tone; isMoving?: boolean }> = {
  unlinked: { label: "Not linked", tone: "quiet" },
  linking: { label: "Linking", tone: "busy", isMoving: true },
  connecting: { label: "Connecting", tone: "busy", isMoving: true },
  connected: { label: "Connected", tone: "good" },
  reconnecting: { label: "Reconnecting", tone: "busy", isMoving: true },
  restricted: { label: "Restricted", tone: "bad" },
  logged_out: { label: "Logged out", tone: "bad" },
  banned: { label: "Banned", tone: "bad" },
  parked: { label: "Stopped", tone: "quiet" },
};

export function AccountBadge({ state }: { state: AccountState }) {
  const { label, tone, isMoving = false } = states[state];
  return (
    <Badge tone={tone} isMoving={isMoving}>
      {label}
    </Badge>
  );
}
