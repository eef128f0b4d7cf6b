import type { Account } from "@roost/contract/accounts";

export type Deed = "restart" | "reset" | "health" | null;
export type Notice = {
  tone: "info" | "warning" | "bad";
  title: string;
  /** What can be done here; null where it is nothing, or where the page below says it. */
  deed: Deed;
};

/** Reasons of a stopped account that a restart would not mend. */
const needsReset = new Set<string | undefined>(["credentials_refused", "passkey_demanded"]);

/**
 * What is said above an account's page of its state, besides the reason's own sentence. Null for
 * states whose page says by itself what is to be done.
 */
export function noticeOf({ state, reason }: Pick<Account, "state" | "reason">): Notice | null {
  switch (state) {
    case "unlinked":
    case "linking":
      return null;
    case "connected":
      // Something a person should know of, although it works.
      return reason === null ? null : { tone: "warning", title: "Connected", deed: "health" };
    case "connecting":
      return reason === null ? null : { tone: "info", title: "Connecting", deed: null };
    case "reconnecting":
      return { tone: "info", title: "Reconnecting by itself", deed: null };
    case "restricted":
      return { tone: "warning", title: "Restricted by WhatsApp", deed: "health" };
    case "logged_out":
      return { tone: "warning", title: "Logged out", deed: null };
    case "banned":
      return {
        tone: "bad",
        title: "Banned by WhatsApp",
        deed: reason?.code === "temporarily_banned" ? null : "restart",
      };
    case "parked":
      return {
        tone: "warning",
        title: "Stopped",
        deed: needsReset.has(reason?.code) ? "reset" : "restart",
      };
  }
}
