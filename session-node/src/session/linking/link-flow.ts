import type { Id } from "@roost/contract/ids";
import type { LinkReport } from "@roost/contract/host";
import type { ReasonCode } from "@roost/contract/reasons";
import type { Timings } from "../../timings.ts";
import type { Connection } from "../../whatsapp/connection.ts";
import { afterLinkEvent, deadlineOf, type Link, type LinkEvent, newLink } from "./link-machine.ts";
import type { Linking } from "../next-step.ts";
import type { Reporter } from "../reporter.ts";

export type LinkFlowDeps = {
  reporter: Reporter;
  account: Id<"account">;
  /** Tells the sandbox's page that a QR waits to be scanned; does nothing for the real WhatsApp. */
  announceQr: (account: Id<"account">, qr: string, expiresAt: number) => void;
  timings: Timings;
};

/** Drives one attempt to link a phone: reports what `link-machine.ts` decides, and keeps its time. */
export class LinkFlow {
  readonly #deps: LinkFlowDeps;
  readonly #phone: string;
  #link: Link;
  #connection: Connection | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(link: { method: LinkReport["method"]; phone: string | null }, deps: LinkFlowDeps) {
    this.#deps = deps;
    this.#link = newLink(link.method);
    // People write numbers with a plus; WhatsApp wants digits.
    this.#phone = (link.phone ?? "").replace(/\D/g, "");
    this.#report();
  }

  /** What a decision about the connection's end needs to know. */
  get facts(): Linking {
    const { method, state, hasAskedForCode } = this.#link;
    return { method, isPaired: state === "linking", hasShownCode: hasAskedForCode };
  }

  /** A new connection is being made for it. */
  connecting(connection: Connection): void {
    this.#connection = connection;
    this.#keepTime();
  }

  async offered(qr: string, validMs: number): Promise<void> {
    const until = Date.now() + validMs;
    const effect = this.#apply({ kind: "offered", qr, until });
    const { announceQr, account, timings } = this.#deps;
    if (effect === "announce_qr") announceQr(account, qr, until);
    if (effect !== "ask_for_code" || !this.#connection) return;
    try {
      const code = await this.#connection.requestCode(this.#phone);
      this.#apply({ kind: "code", code, until: Date.now() + timings.codeValidMs });
    } catch {
      // The socket broke before the code was asked for; its end says the rest.
      this.#apply({ kind: "code_not_asked" });
    }
  }

  /** The phone has accepted us. */
  paired(): void {
    this.#apply({ kind: "paired", confirmBy: Date.now() + this.#deps.timings.confirmLinkMs });
  }

  disconnected(): void {
    clearTimeout(this.#timer);
    this.#connection = null;
  }

  linked(): void {
    this.#apply({ kind: "opened" });
  }

  ended(state: "expired" | "failed", error: ReasonCode): void {
    this.#apply({ kind: "ended", state, error });
  }

  #apply(event: LinkEvent) {
    const before = this.#link;
    const { link, effect } = afterLinkEvent(before, event);
    this.#link = link;
    if (link.state !== before.state || link.qr !== before.qr) this.#report();
    this.#keepTime();
    return effect;
  }

  #keepTime(): void {
    clearTimeout(this.#timer);
    const connection = this.#connection;
    const deadline = deadlineOf(this.#link);
    if (!connection || !deadline) return;
    const ms = Math.max(0, deadline.at - Date.now());
    this.#timer = setTimeout(() => connection.end(deadline.way), ms);
  }

  #report(): void {
    const { state, method, qr, code, expiresAt: expires_at, error } = this.#link;
    this.#deps.reporter.link(state, method, { qr, code, expires_at, error });
  }
}
