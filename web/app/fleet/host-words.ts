import type { HostedState, HostState } from "@roost/contract/admin";

type Words = { label: string; tone: "good" | "busy" | "bad" | "quiet"; meaning: string };

/** What each state of a host means. */
export const hostWords: Record<HostState, Words> = {
  up: { label: "Up", tone: "good", meaning: "Takes accounts." },
  draining: {
    label: "Draining",
    tone: "busy",
    meaning: "Gives its accounts to other hosts and takes none.",
  },
  unwell: {
    label: "Unwell",
    tone: "bad",
    meaning: "Keeps what it has and takes none until it is well again.",
  },
  down: { label: "Down", tone: "quiet", meaning: "Not connected. Its accounts are elsewhere." },
};

export const hostedWords: Record<HostedState, { label: string; tone: Words["tone"] }> = {
  starting: { label: "Starting", tone: "busy" },
  linking: { label: "Linking", tone: "busy" },
  connecting: { label: "Connecting", tone: "busy" },
  connected: { label: "Connected", tone: "good" },
  reconnecting: { label: "Reconnecting", tone: "busy" },
};

const MEBIBYTE = 1_048_576;

/** Memory as people read it: `412 MiB`, `1.5 GiB`. */
export function formatBytes(bytes: number): string {
  const mebibytes = bytes / MEBIBYTE;
  if (mebibytes < 1_000) return `${Math.round(mebibytes)} MiB`;
  return `${(mebibytes / 1_024).toFixed(1)} GiB`;
}
