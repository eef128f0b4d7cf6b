import type { LinkReport } from "@roost/contract/host";
import type { Id } from "@roost/contract/ids";
import type { ReasonCode } from "@roost/contract/reasons";
import type { Timings } from "../timings.ts";
import type { Connection } from "../whatsapp/connection.ts";
import type { Linking } from "./next-step.ts";
import type { Reporter } from "./reporter.ts";

export type LinkFlowDeps = {
  reporter: Reporter;
  account: Id<"account">;
  /** Tells the sandbox's page that a QR waits to be scanned; does nothing for the real WhatsApp. */
  announceQr: (account: Id<"account">, qr: string, expiresAt: number) => void;
  timings: Timings;
};

/** One attempt to link a phone: what is shown to a person, and until when. */
export class LinkFlow {
  readonly #deps: LinkFlowDeps;
  readonly #method: LinkReport["method"];
  readonly #phone: string;
  #isPaired = false;
  #hasShownCode = false;
  #codeTimer: NodeJS.Timeout | undefined;

  constructor(link: { method: LinkReport["method"]; phone: string | null }, deps: LinkFlowDeps) {
    this.#deps = deps;
    this.#method = link.method;
    // People write numbers with a plus; WhatsApp wants digits.
    this.#phone = (link.phone ?? "").replace(/\D/g, "");
    this.#report("starting");
  }

  /** What a decision about the connection's end needs to know. */
  get facts(): Linking {
    return {
      method: this.#method,
      isPaired: this.#isPaired,
      hasShownCode: this.#hasShownCode,
    };
  }

  /** WhatsApp offers a QR; with the other method it is the moment to ask for a code instead. */
  async offered(connection: Connection, qr: string, validMs: number): Promise<void> {
    if (this.#isPaired || this.#hasShownCode) return;
    if (this.#method === "code") {
      await this.#showCode(connection);
      return;
    }
    const expiresAt = Date.now() + validMs;
    this.#report("waiting_for_scan", { qr, expires_at: expiresAt });
    this.#deps.announceQr(this.#deps.account, qr, expiresAt);
  }

  /** The phone has accepted us. */
  paired(): void {
    this.disconnected();
    this.#isPaired = true;
    this.#report("linking");
  }

  disconnected(): void {
    clearTimeout(this.#codeTimer);
  }

  linked(): void {
    this.#report("linked");
  }

  ended(state: "expired" | "failed", error: ReasonCode): void {
    this.#report(state, { error });
  }

  async #showCode(connection: Connection): Promise<void> {
    const { codeValidMs } = this.#deps.timings;
    this.#hasShownCode = true;
    try {
      const code = await connection.requestCode(this.#phone);
      this.#report("waiting_for_code", { code, expires_at: Date.now() + codeValidMs });
      this.#codeTimer = setTimeout(() => connection.end("code_not_typed"), codeValidMs);
    } catch {
      // The socket broke before the code was asked for; its end says the rest.
      this.#hasShownCode = false;
    }
  }

  #report(
    state: LinkReport["state"],
    shown: Partial<Pick<LinkReport, "qr" | "code" | "expires_at" | "error">> = {},
  ): void {
    this.#deps.reporter.link(state, this.#method, shown);
  }
}
