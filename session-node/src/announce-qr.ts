import type { Id } from "@roost/contract/ids";
import { type Log, messageOf } from "./log.ts";

/** Tells the sandbox's page that a QR waits to be scanned; does nothing without a sandbox. */
export function announceQr(
  controlUrl: URL | null,
  waiting: { account: Id<"account">; qr: string; expiresAt: number },
  log: Log,
): void {
  if (!controlUrl) return;
  const { account, qr, expiresAt } = waiting;
  fetch(new URL("/waiting", controlUrl), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ id: account, qr, expires_at: new Date(expiresAt).toISOString() }),
    signal: AbortSignal.timeout(5_000),
  }).catch((error: unknown) => {
    log({ event: "sandbox.unreachable", error: messageOf(error) });
  });
}
