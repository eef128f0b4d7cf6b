import { z } from "zod";
import { LinkMethod, LinkState } from "./accounts.ts";
import { id, numbered } from "./ids.ts";
import { MessageError } from "./messages.ts";
import { type ReasonCode, reasons } from "./reasons.ts";
import { Region } from "./regions.ts";

/**
 * What crosses between the Worker's HostObject and a session-node host.
 *
 * The host dials `GET /v1/hosts/socket` (WebSocket, `Authorization: Bearer <token>`), sends `hello`,
 * gets `welcome`, and then both sides send frames: one JSON object per WebSocket message. All times
 * are milliseconds since 1970.
 *
 * Reports go to the edge at least once: each report frame carries `n` (1, 2, 3 ... for the life of
 * the host process), the edge acknowledges cumulatively once everything up to `n` is durable, and the
 * host repeats what was not acknowledged after a reconnect, in order. Commands are not counted: each
 * can be derived again by the edge from `hello` or from an open lease.
 *
 * Every report and key request carries the epoch of the session it speaks for. An older epoch than
 * the account's own is refused, and the host is told to stop that session.
 */
export const PROTOCOL_VERSION = 1;

/** A host's name in its fleet, stable over restarts; tokens are issued for it. */
export const HostName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "must be a host name");
export type HostName = z.infer<typeof HostName>;

/** The token a host presents: a JWT (HS256, fleet secret), audience below, subject the host's name, 60 s. */
export const HOST_TOKEN_AUDIENCE = "roost-host";

const reasonCodes = Object.keys(reasons) as [ReasonCode, ...ReasonCode[]];
const ReasonCodeSchema = z.enum(reasonCodes);

/** A person on WhatsApp: phone digits without `+`, LID digits; at least one of them is known. */
export const Peer = z.strictObject({ phone: z.string().nullable(), lid: z.string().nullable() });
export type Peer = z.infer<typeof Peer>;

/** Where the session stands. `ended`: the host gave it up and holds nothing of it any more. */
export const SessionState = z.enum(["connecting", "connected", "reconnecting", "ended"]);
export type SessionState = z.infer<typeof SessionState>;

const of = { account: id("account"), epoch: z.int().min(1) };

export const SessionReport = z.strictObject({
  kind: z.literal("session"),
  ...of,
  state: SessionState,
  reason: ReasonCodeSchema.nullable(),
  /** Our own number and LID, once known. */
  self: Peer.nullable(),
  /** WhatsApp's own code for the end of the connection, where there is one. */
  upstream_code: z.int().nullable(),
  /** Until when WhatsApp refuses the number, where it said so. */
  until: z.int().nullable().optional(),
  at: z.int(),
});

export const LinkReport = z.strictObject({
  kind: z.literal("link"),
  ...of,
  state: LinkState,
  method: LinkMethod,
  qr: z.string().nullable(),
  code: z.string().nullable(),
  expires_at: z.int().nullable(),
  error: ReasonCodeSchema.nullable(),
  at: z.int(),
});

/**
 * What became of a leased message. `sent`: WhatsApp acknowledged the stanza. `failed`: it was not and
 * will not be sent, or WhatsApp refused it. `unconfirmed`: the stanza left and no ack came.
 * `returned`: not begun, given back.
 */
export const OutcomeReport = z.strictObject({
  kind: z.literal("outcome"),
  ...of,
  message: numbered("message"),
  result: z.enum(["sent", "failed", "unconfirmed", "returned"]),
  error: MessageError.nullable(),
  /** Whom the number turned out to be, where it was looked up. */
  peer: Peer.nullable(),
  at: z.int(),
});

export const ReceiptReport = z.strictObject({
  kind: z.literal("receipt"),
  ...of,
  wa_ids: z.array(z.string()),
  type: z.enum(["delivered", "read", "played"]),
  peer: Peer,
  at: z.int(),
});

/** A message in a chat that we did not send: from the person, or typed by the owner on the phone. */
export const ReceivedReport = z.strictObject({
  kind: z.literal("received"),
  ...of,
  wa_id: z.string(),
  peer: Peer,
  from_me: z.boolean(),
  /** The name the sender gave themselves. */
  name: z.string().nullable(),
  type: z.string(),
  text: z.string().nullable(),
  /** The WhatsApp id of the message it answers. */
  quoted_wa_id: z.string().nullable(),
  at: z.int(),
});

/** What a stanza about another message says of itself: whose chat, who said it, and its own id. */
const about = {
  /** The id of the message it is about. */
  wa_id: z.string(),
  /** The stanza's own id. */
  stanza_id: z.string(),
  peer: Peer,
  /** Said by the owner on another device, not by the person. */
  from_me: z.boolean(),
  at: z.int(),
};

/** Who wrote the text has changed it. */
export const EditedReport = z.strictObject({
  kind: z.literal("edited"),
  ...of,
  ...about,
  text: z.string().nullable(),
});

/** Who wrote the message has taken it back for everybody. */
export const RevokedReport = z.strictObject({ kind: z.literal("revoked"), ...of, ...about });

/** A reaction to a message; null takes it back. */
export const ReactionReport = z.strictObject({
  kind: z.literal("reaction"),
  ...of,
  ...about,
  /** Whether the message reacted to went out from this account. */
  to_ours: z.boolean(),
  emoji: z.string().nullable(),
});

/**
 * A stanza whose content is not here, although WhatsApp will regard it as delivered. `missing`: it
 * came and could not be read; the phone has to be asked. `unanswered`: the phone was asked several
 * times, so a person should see that something came. `empty`: it was read after all and holds nothing
 * that is kept. Whatever else is reported of the stanza also ends it.
 */
export const StanzaReport = z.strictObject({
  kind: z.literal("stanza"),
  ...of,
  wa_id: z.string(),
  /** The chat as WhatsApp named it, by which the phone finds the message. */
  jid: z.string(),
  peer: Peer,
  from_me: z.boolean(),
  state: z.enum(["missing", "unanswered", "empty"]),
  at: z.int(),
});

/** Names of keys in the order they were written; null deletes. Values are ciphertext, base64. */
export const KeysReport = z.strictObject({
  kind: z.literal("keys"),
  ...of,
  /** The account's data key, wrapped by the fleet's key-encryption key; sent with the first write. */
  data_key: z.string().nullable(),
  writes: z.array(z.tuple([z.string(), z.string().nullable()])),
});

/** WhatsApp does not let this number write to people it has no chat with, until then. */
export const TimeLock = z.strictObject({
  is_active: z.boolean(),
  /** When it ends, where WhatsApp says so. */
  until: z.int().nullable(),
  /** WhatsApp's own name for why, such as `RESTRICT_ALL_COMPANIONS`. */
  kind: z.string().max(100).nullable(),
});

/** How many new chats WhatsApp allows this number, and how many it has begun. */
export const NewChatCap = z.strictObject({
  used: z.int().min(0),
  total: z.int().min(0),
  status: z.enum(["none", "first_warning", "second_warning", "capped"]),
  cycle_end: z.int().nullable(),
});

/** WhatsApp's own word on the account. Null says nothing of it: what was known before stays. */
export const StandingReport = z.strictObject({
  kind: z.literal("standing"),
  ...of,
  time_lock: TimeLock.nullable(),
  new_chat_cap: NewChatCap.nullable(),
  at: z.int(),
});

/**
 * Something came from the account's own phone; told at most once an hour. WhatsApp drops linked
 * devices whose phone stays away for 14 days.
 */
export const PhoneSeenReport = z.strictObject({
  kind: z.literal("phone_seen"),
  ...of,
  at: z.int(),
});

export const Report = z.discriminatedUnion("kind", [
  SessionReport,
  LinkReport,
  OutcomeReport,
  ReceiptReport,
  ReceivedReport,
  EditedReport,
  RevokedReport,
  ReactionReport,
  StanzaReport,
  KeysReport,
  StandingReport,
  PhoneSeenReport,
]);
export type Report = z.infer<typeof Report>;
export type SessionReport = z.infer<typeof SessionReport>;
export type LinkReport = z.infer<typeof LinkReport>;
export type OutcomeReport = z.infer<typeof OutcomeReport>;
export type ReceiptReport = z.infer<typeof ReceiptReport>;
export type ReceivedReport = z.infer<typeof ReceivedReport>;
export type EditedReport = z.infer<typeof EditedReport>;
export type RevokedReport = z.infer<typeof RevokedReport>;
export type ReactionReport = z.infer<typeof ReactionReport>;
export type StanzaReport = z.infer<typeof StanzaReport>;
export type KeysReport = z.infer<typeof KeysReport>;
export type TimeLock = z.infer<typeof TimeLock>;
export type NewChatCap = z.infer<typeof NewChatCap>;
export type StandingReport = z.infer<typeof StandingReport>;
export type PhoneSeenReport = z.infer<typeof PhoneSeenReport>;

export const Load = z.strictObject({
  sessions: z.int().min(0),
  capacity: z.int().min(0),
  rss_bytes: z.int().min(0),
  /** What the process may use; 0 when it does not know. */
  memory_limit_bytes: z.int().min(0).default(0),
  event_loop_delay_ms: z.number().min(0),
});
export type Load = z.infer<typeof Load>;

/** From host to edge. */
export const HostFrame = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("hello"),
    protocol: z.int(),
    host: HostName,
    /** Chosen at process start: another one means that every earlier session is gone. */
    incarnation: z.string().min(8).max(64),
    load: Load,
    /** What runs here now, so that the edge can start what is missing and stop what is not its. */
    sessions: z.array(z.strictObject(of)),
    /** True while the host drains: it takes nothing and gives everything back. */
    draining: z.boolean(),
    /** Left out by a host that was not told: then it is the deployment's default. */
    region: Region.optional(),
  }),
  z.strictObject({ type: z.literal("report"), n: z.int().min(1), reports: z.array(Report).min(1) }),
  z.strictObject({ type: z.literal("beat"), load: Load, draining: z.boolean() }),
  z.strictObject({
    type: z.literal("keys_get"),
    request: z.int(),
    ...of,
    names: z.array(z.string()).min(1),
  }),
]);
export type HostFrame = z.infer<typeof HostFrame>;

/**
 * How often a host beats and pings, and how long the edge hears nothing before it calls the host silent
 * and gives its sessions to others.
 */
export const BEAT_EVERY_MS = 3_000;
export const PING_EVERY_MS = 500;
export const SILENT_AFTER_MS = 15_000;

/**
 * A host begins something at WhatsApp only within this time of a ping that was answered. The edge gives
 * sessions to others later than that in any case: GRACE after a socket closed, SILENT after the last ping.
 */
export const WORK_LEASE_MS = 2_500;
/** A host that comes back within this time of its socket's end keeps its sessions. */
export const GRACE_MS = 3_000;

/** How long a number counts as not on WhatsApp; its owner may install it at any time. */
export const ABSENT_FOR_MS = 10 * 60_000;

export const LeasedMessage = z.strictObject({
  id: numbered("message"),
  /** Fixed when the message was accepted: every attempt carries the same. */
  wa_id: z.string(),
  to: Peer,
  /** `edit` replaces the text of an earlier message of ours, `revoke` deletes it for everyone. */
  type: z.enum(["text", "edit", "revoke"]),
  text: z.string(),
  /** The message of ours that an edit or a revoke changes. */
  target: z.strictObject({ wa_id: z.string() }).optional(),
  /** The message it answers, as WhatsApp needs it. */
  quoted: z.strictObject({ wa_id: z.string(), from_me: z.boolean(), text: z.string() }).nullable(),
  not_before: z.int(),
  /** Not begun by then: give it back. */
  give_up_at: z.int(),
  typing_ms: z.int().min(0),
  /** 1, 2, 3 ...: above 1 an earlier attempt may have reached WhatsApp, so look for its receipt first. */
  attempt: z.int().min(1),
  /** How often somebody wanted it tried again after it had failed; absent for never. */
  retries: z.int().min(1).optional(),
});
export type LeasedMessage = z.infer<typeof LeasedMessage>;

/** At most twenty due messages of one account, handed to the host that holds its session. */
export const Lease = z.strictObject({
  id: id("lease"),
  ...of,
  messages: z.array(LeasedMessage).min(1).max(20),
});
export type Lease = z.infer<typeof Lease>;

/** A stanza whose content never came: the phone is to be asked for it. */
export const MissingStanza = StanzaReport.pick({
  wa_id: true,
  jid: true,
  peer: true,
  from_me: true,
  at: true,
});
export type MissingStanza = z.infer<typeof MissingStanza>;

/** From edge to host. */
export const EdgeFrame = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("welcome"),
    protocol: z.int(),
    /** The last frame of this incarnation that is durable; the host drops it and repeats the rest. */
    acked: z.int().min(0),
  }),
  z.strictObject({ type: z.literal("ack"), n: z.int().min(1) }),
  z.strictObject({
    type: z.literal("start"),
    ...of,
    /** Null: connect with the stored credentials. Otherwise link a phone with fresh ones. */
    link: z.strictObject({ method: LinkMethod, phone: z.string().nullable() }).nullable(),
    /** The wrapped data key and the encrypted row `creds`; null when there are none yet. */
    credentials: z.strictObject({ data_key: z.string(), creds: z.string() }).nullable(),
    /** What the sessions before could not read; left out when there is nothing. */
    missing: z.array(MissingStanza).optional(),
  }),
  z.strictObject({
    type: z.literal("stop"),
    ...of,
    /** `close` keeps the device linked, `logout` unlinks it at WhatsApp as well. */
    mode: z.enum(["close", "logout"]),
  }),
  z.strictObject({ type: z.literal("leases"), leases: z.array(Lease).min(1) }),
  /** Give this session back: finish the message in hand, close, and say that it ended. */
  z.strictObject({ type: z.literal("release"), ...of }),
  /** Give every session back and take none, but stay connected; until `resume`. */
  z.strictObject({ type: z.literal("drain") }),
  z.strictObject({ type: z.literal("resume") }),
  /** Give back what is not begun. Null means all of the account's leases. */
  z.strictObject({
    type: z.literal("revoke"),
    ...of,
    messages: z.array(numbered("message")).nullable(),
  }),
  z.strictObject({
    type: z.literal("keys"),
    request: z.int(),
    /** In the order asked; null where there is no such key. Absent when the epoch is stale. */
    values: z.array(z.string().nullable()).nullable(),
  }),
]);
export type EdgeFrame = z.infer<typeof EdgeFrame>;
