import type { LinkReport } from "@roost/contract/host";
import type { ReasonCode } from "@roost/contract/reasons";
import type { OwnWay } from "../../whatsapp/ways-to-end.ts";

/**
 * One attempt to link a phone, by QR or by pairing code: what a person sees now, and until when. All
 * that can happen to it is an event; what has to be done about it is the answer.
 */
export type Link = {
  readonly method: LinkReport["method"];
  readonly state: LinkReport["state"];
  readonly qr: string | null;
  readonly code: string | null;
  /** When the QR is replaced, or the code stops being worth typing. */
  readonly expiresAt: number | null;
  /** When the phone that has accepted us must have let us in. */
  readonly confirmBy: number | null;
  /** A code was asked for: the number is WhatsApp's now, and must not silently be asked for again. */
  readonly hasAskedForCode: boolean;
  readonly error: ReasonCode | null;
};

export type LinkEvent =
  /** WhatsApp offers a QR; with the other method it is the moment to ask for a code. */
  | { kind: "offered"; qr: string; until: number }
  | { kind: "code"; code: string; until: number }
  /** The connection broke before the code was asked for. */
  | { kind: "code_not_asked" }
  /** The phone has accepted us; the login that follows must be over by then. */
  | { kind: "paired"; confirmBy: number }
  | { kind: "opened" }
  | { kind: "ended"; state: "expired" | "failed"; error: ReasonCode };

export type LinkEffect = "ask_for_code" | "announce_qr" | null;

const shownNothing = { qr: null, code: null, expiresAt: null, confirmBy: null } as const;

export function newLink(method: Link["method"]): Link {
  return { method, state: "starting", ...shownNothing, hasAskedForCode: false, error: null };
}

export function isOver({ state }: Link): boolean {
  return state === "linked" || state === "expired" || state === "failed";
}

/** The attempt after an event; the same object when the event changes nothing. */
export function afterLinkEvent(link: Link, event: LinkEvent): { link: Link; effect: LinkEffect } {
  const stay = { link, effect: null };
  if (isOver(link)) return stay;
  const isPaired = link.state === "linking";
  switch (event.kind) {
    case "offered": {
      if (isPaired) return stay;
      if (link.method === "code") {
        if (link.hasAskedForCode) return stay;
        return { link: { ...link, hasAskedForCode: true }, effect: "ask_for_code" };
      }
      const { qr, until: expiresAt } = event;
      const shown = { ...link, ...shownNothing, state: "waiting_for_scan", qr, expiresAt } as const;
      return { link: shown, effect: "announce_qr" };
    }
    case "code": {
      if (isPaired || !link.hasAskedForCode || link.code !== null) return stay;
      const { code, until: expiresAt } = event;
      return { link: { ...link, state: "waiting_for_code", code, expiresAt }, effect: null };
    }
    case "code_not_asked":
      if (isPaired || link.code !== null) return stay;
      return { link: { ...link, hasAskedForCode: false }, effect: null };
    case "paired": {
      if (isPaired) return stay;
      const { confirmBy } = event;
      return { link: { ...link, ...shownNothing, state: "linking", confirmBy }, effect: null };
    }
    case "opened":
      // Only credentials that a phone has accepted can open a session.
      if (!isPaired) return stay;
      return { link: { ...link, ...shownNothing, state: "linked" }, effect: null };
    case "ended": {
      const { state, error } = event;
      return { link: { ...link, ...shownNothing, state, error }, effect: null };
    }
  }
}

/** When nothing more is to be expected, and what it is called; null while WhatsApp sets the pace. */
export function deadlineOf(link: Link): { at: number; way: OwnWay } | null {
  if (link.state === "waiting_for_code" && link.expiresAt !== null) {
    return { at: link.expiresAt, way: "code_not_typed" };
  }
  if (link.state === "linking" && link.confirmBy !== null) {
    return { at: link.confirmBy, way: "not_confirmed" };
  }
  return null;
}
