import "./quiet.ts";
import "./key-objects.ts";
import type { LeasedMessage } from "@roost/contract/host";
import { Browsers, makeWASocket, proto, type WASocket } from "@whiskeysockets/baileys";
import type { Timings } from "../timings.ts";
import { isPersonJid } from "./addresses.ts";
import type { DeviceCaches } from "./device-caches.ts";
import type { AuthState } from "./keys/auth-state.ts";
import { sentContent } from "./outbound/sent-content.ts";
import { silentLogger } from "./silent-logger.ts";

export type SocketOptions = {
  auth: AuthState;
  caches: DeviceCaches;
  /** Null means WhatsApp itself. */
  url: URL | null;
  method: "login" | "qr" | "code";
  timings: Timings;
  /** A message of ours by its WhatsApp id, for phones that ask to have it again. */
  sentMessage: (waId: string) => LeasedMessage | undefined;
};

/** Baileys' socket with our settings; it dials at once. */
export function makeSocket({
  auth,
  caches,
  url,
  method,
  timings,
  sentMessage,
}: SocketOptions): WASocket {
  const qrTimeout = method === "code" ? timings.codeValidMs : timings.qrValidMs;
  return makeWASocket({
    auth: { creds: auth.creds, keys: auth.keys },
    logger: silentLogger,
    browser: Browsers.macOS("Chrome"),
    ...(url ? { waWebSocketUrl: url } : {}),
    ...(qrTimeout === null ? {} : { qrTimeout }),
    userDevicesCache: caches.devices,
    msgRetryCounterCache: caches.retries,
    callOfferCache: caches.calls,
    placeholderResendCache: caches.placeholders,
    connectTimeoutMs: timings.connectDeadlineMs,
    defaultQueryTimeoutMs: 20_000,
    // Our own probe asks only connections that are quiet; this is what is left should it fail.
    keepAliveIntervalMs: 60_000,
    // The phone keeps its notifications, and what we send is not told to ourselves.
    markOnlineOnConnect: false,
    emitOwnEvents: false,
    syncFullHistory: false,
    // The first part carries who is who (LID and phone number); the rest is history we do not keep.
    shouldSyncHistoryMessage: ({ syncType }) =>
      syncType === proto.Message.HistorySyncType.INITIAL_BOOTSTRAP,
    shouldIgnoreJid: (jid) => !isPersonJid(jid),
    // Our store does not fail; if it ever does, ten tries of 3 s would hold the account's sends.
    transactionOpts: { maxCommitRetries: 2, delayBetweenTriesMs: 200 },
    getMessage: ({ id, remoteJid }) => {
      const sent = id ? sentMessage(id) : undefined;
      return Promise.resolve(sent && sentContent(sent, remoteJid));
    },
  });
}
