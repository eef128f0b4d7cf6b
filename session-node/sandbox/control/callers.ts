import { isLoopback } from "../config.ts";

export type Caller = { host?: string | undefined; origin?: string | undefined };

/**
 * True for callers on this machine. A name that only resolves to loopback (DNS rebinding) shows in
 * `Host`, another site's page shows in `Origin`; neither may drive phones.
 */
export function isAllowedCaller({ host, origin }: Caller): boolean {
  if (!host || !isLoopback(hostname(`http://${host}`))) return false;
  return origin === undefined || isLoopback(hostname(origin));
}

function hostname(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : "";
}
