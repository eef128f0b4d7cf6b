import type {
  AccountState,
  LinkMethod,
  LinkState,
  QueueState,
  SetLimits,
} from "@roost/contract/accounts";
import type { AccountData, EventType, LinkData } from "@roost/contract/events";
import type { MissingStanza, NewChatCap, TimeLock } from "@roost/contract/host";
import type { Id } from "@roost/contract/ids";
import type { Lane, MessageError, MessageState } from "@roost/contract/messages";
import type { ReasonCode } from "@roost/contract/reasons";
import type { HealthFacts } from "./standing/health.ts";
import type { Allowance } from "./limits/allowance.ts";
import type { Away } from "./outbox/backlog.ts";
import type { Sends } from "./limits/budgets.ts";
import type { PhoneWarning } from "./standing/phone-watch.ts";
import type { Quota } from "./limits/quota.ts";
import type { ToldStanding } from "./standing/tell-standing.ts";
import type { WarmUpState } from "./limits/warm-up.ts";

/** The account itself and its session, as it is kept. Times are milliseconds since 1970. */
export type StoredAccount = {
  id: Id<"account">;
  tenant: Id<"tenant">;
  name: string;
  /** Where its hosts stand; left out, or null: the deployment's default. */
  region?: string | null;
  createdAt: number;
  state: AccountState;
  reason: ReasonCode | null;
  phone: string | null;
  lid: string | null;
  connectedAt: number | null;
  queue: { state: QueueState; reason: ReasonCode | null };
  /** As they were set; fields that were left out, or are younger than the setting, are absent. */
  limits: SetLimits | null;
  session: StoredSession;
  /** Facts of earlier epochs are believed back to this one; before it another phone was linked. */
  factsFrom: number;
  link: StoredLink | null;
  /** When the session starts again by itself, after a ban for a time; null or absent: never. */
  resumeAt?: number | null;
  /** The number before a reset: what waits was meant to be sent from it. */
  formerPhone?: string | null;
  /** Since when it is not connected; null while it is, absent until somebody has looked. */
  away?: Away | null;
  /** What WhatsApp last said of the number; absent until it says something. */
  standing?: Standing;
  /** When something last came from the phone itself; absent until the first time. */
  phoneSeenAt?: number;
  /** WhatsApp refused to let it begin a chat; no other is tried until then. */
  coldClosedUntil?: number | null;
  /** How far the number has come on the ladder of its first days. */
  warmUp?: WarmUpState;
  /** What was last told about the phone's absence. */
  phoneWarning?: PhoneWarning | null;
  /** What was last told of its standing; absent until there was something to tell. */
  told?: ToldStanding;
  /** Grows with everything that the directory shows. */
  version: number;
};

/** WhatsApp's own limits for the number, as it told them. */
export type Standing = {
  timeLock: TimeLock | null;
  newChatCap: NewChatCap | null;
  /** When the cap was told: what was begun since is not in it. Absent where it was not kept. */
  capToldAt?: number;
};

/** The lock: only what carries this epoch is believed. */
export type StoredSession = {
  epoch: number;
  host: string | null;
  /** Whether it should run; when it does not, somebody is looking for a host. */
  isWanted: boolean;
  /** Whether the host has said anything of it; until then the start may not have reached it. */
  isHeard: boolean;
  /** An earlier session that nobody has seen end: its host may be frozen, or cut off from us. */
  unended?: UnendedSession | null;
};

/** `comebacks`: how often the present session was thrown out and started again because of it. */
export type UnendedSession = { host: string; epoch: number; leftAt: number; comebacks: number };

export type StoredLink = {
  state: LinkState;
  method: LinkMethod;
  /** The number that types the code, digits only. */
  phone: string | null;
  qr: string | null;
  code: string | null;
  expiresAt: number | null;
  error: ReasonCode | null;
  startedAt: number;
};

export type StoredMessage = {
  /** 1, 2, 3 ... within the account, in both directions. */
  n: number;
  chat: number;
  /** The message before it in the same chat, so that a chat is read without an index. */
  before: number | null;
  direction: "outbound" | "inbound";
  origin: "api" | "phone" | "contact";
  /** The other side as the tenant wrote it, or as it came: `+` and digits, or a LID. */
  address: string;
  type: string;
  text: string | null;
  replyTo: number | null;
  waId: string;
  /** When we heard of it; grows with `n`. What WhatsApp says is in its first state. */
  createdAt: number;
  states: [MessageState, number][];
  error: MessageError | null;
  /** How often it was offered to a host. */
  attempt: number;
  /** An earlier attempt was left without an outcome: it may have gone out. */
  mayBeOut: boolean;
  out: OutboundFacts | null;
  /** An edit or a revoke: the number of the message that it changes. It is shown in no list. */
  target?: number;
  /** How often it was put back by somebody's wish. */
  retries?: number;
  /** The newest revoke of it, whatever became of that. */
  revokedBy?: number;
  /** When WhatsApp's side last saw its text changed, and taken back. Messages of before have neither. */
  editedAt?: number;
  revokedAt?: number;
  reactions?: StoredReaction[];
  /** Only that it came is known yet; its content may still be told. */
  isMissing?: true;
};

export type StoredReaction = { isOurs: boolean; emoji: string; at: number };

/** What only a message has that was sent through the API. */
export type OutboundFacts = {
  lane: Lane;
  priority: number;
  pace: "human" | "asap";
  sendAt: number | null;
  expiresAt: number | null;
  reference: string | null;
  position: number;
  /** As the first answer said; null when nobody knew. */
  estimatedAt: number | null;
  key: string | null;
  bodyHash: string;
  /** It was handed out as the first to a person; absent until then. */
  beginsChat?: boolean;
};

export type StoredChat = {
  n: number;
  phone: string | null;
  lid: string | null;
  /** Other forms in which the number was dialled; WhatsApp knows it as `phone`. */
  dialled: string[];
  name: string | null;
  unread: number;
  updatedAt: number;
  lastInboundAt: number | null;
  /** When the first message of ours went out; absent in chats from before this was kept. */
  begunAt?: number | null;
  last: { n: number; direction: "outbound" | "inbound"; preview: string; at: number } | null;
  /** The newest message of each chain; more than one after two chats turned out to be one person's. */
  tails: number[];
  mergedInto: number | null;
};

export type StoredEvent = {
  seq: number;
  type: EventType;
  at: number;
  /** The message it is about. */
  n?: number;
  error?: MessageError;
  content?: AccountData | LinkData | StoredReactionEvent;
};

/** What an event says about a reaction besides the message. */
export type StoredReactionEvent = { isOurs: boolean; emoji: string | null };

/** Messages handed to a host together. It is open while one of them has no outcome. */
export type StoredLease = {
  id: Id<"lease">;
  epoch: number;
  host: string;
  cutAt: number;
  messages: PlannedMessage[];
};

export type PlannedMessage = { n: number; notBefore: number; typingMs: number; giveUpAt: number };

/** An idempotency key, the message it made, and when. */
export type KeyEntry = [key: string, n: number, at: number];

/** What a checkpoint keeps besides the pages. */
export type Head = {
  tick: number;
  account: StoredAccount;
  lastMessage: number;
  lastSeq: number;
  dataKey: string | null;
  projected: number;
  quota: Quota;
  /** Absent in what was stored before lanes had budgets. */
  lanes?: Omit<Sends, "all">;
  health: HealthFacts;
  /** Absent while nobody has set a limit. */
  allowance?: Allowance | null;
  leases: StoredLease[];
  /** Messages that must be in memory: they wait, are in a host's hands, or have an open fate. */
  unfinished: number[];
  /** Stanzas that came and could not be read. */
  missing?: MissingStanza[];
  /** The latest stanzas that only said something about other messages. */
  heard?: string[];
};

/**
 * Everything that can happen to an account, in the smallest words. What was changed in one go is one
 * row of the tick log; applying the rows in order gives the same account again.
 */
export type Change =
  | { kind: "account"; account: StoredAccount }
  | { kind: "chat"; chat: StoredChat }
  | { kind: "message"; message: StoredMessage }
  | { kind: "state"; n: number; state: MessageState; at: number; error?: MessageError; now: number }
  /** Put back into the queue by somebody's wish, after it had failed or been left open. */
  | { kind: "retried"; n: number; at: number }
  | { kind: "edited"; n: number; text: string | null; at: number }
  | { kind: "revoked"; n: number; at: number }
  /** The one reaction of this side; null takes it back. */
  | { kind: "reaction"; n: number; isOurs: boolean; emoji: string | null; at: number }
  /** What a message says of which only was known that it came. */
  | { kind: "content"; n: number; type: string; text: string | null; replyTo: number | null }
  | { kind: "missing"; stanza: MissingStanza }
  | { kind: "found"; stanza: Pick<MissingStanza, "wa_id" | "jid"> }
  /** A stanza that was no message of its own. */
  | { kind: "heard"; stanzaId: string }
  | { kind: "lease"; lease: StoredLease }
  | { kind: "lease_offered"; id: Id<"lease">; messages: PlannedMessage[]; now: number }
  | { kind: "lease_closed"; id: Id<"lease">; now: number }
  | { kind: "chat_read"; n: number }
  | { kind: "event"; event: StoredEvent }
  | { kind: "keys"; dataKey: string | null; writes: [string, string | null][] }
  | { kind: "keys_forgotten" }
  | { kind: "health_forgiven"; now?: number }
  | { kind: "health_noted"; reason: ReasonCode; now: number }
  | { kind: "clock_set_back"; now: number }
  | { kind: "allowance"; allowance: Allowance }
  | { kind: "projected"; version: number };
