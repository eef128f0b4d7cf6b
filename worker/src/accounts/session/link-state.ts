import type { LinkReport } from "@roost/contract/host";
import type { LinkState } from "@roost/contract/accounts";
import type { StoredLink } from "../stored.ts";

/** Nobody stands before a QR code for longer. */
export const LINK_WITHIN_MS = 5 * 60_000;

const FINAL = new Set<LinkState>(["linked", "expired", "failed"]);

export function isLinkOver(link: StoredLink | null): boolean {
  return link === null || FINAL.has(link.state);
}

/** The attempt after a report; the same object when the report says nothing new or comes too late. */
export function afterLinkReport(link: StoredLink, report: LinkReport): StoredLink {
  if (FINAL.has(link.state)) return link;
  const isOver = FINAL.has(report.state);
  return {
    ...link,
    state: report.state,
    // What can be scanned or typed is kept no longer than it is good for something.
    qr: isOver ? null : report.qr,
    code: isOver ? null : report.code,
    expiresAt: isOver ? null : report.expires_at,
    error: report.error,
  };
}

/** The attempt ended from our side. */
export function endLink(link: StoredLink, state: "expired" | "failed", error: StoredLink["error"]) {
  if (FINAL.has(link.state)) return link;
  return { ...link, state, error, qr: null, code: null, expiresAt: null };
}
