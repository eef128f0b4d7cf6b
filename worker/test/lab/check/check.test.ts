import type { Event } from "@roost/contract/events";
import type { Message } from "@roost/contract/messages";
import { expect, test } from "vitest";
import type { LedgerRow, PhoneMessage } from "../../phones.ts";
import type { DirectoryRow, Evidence, LabAccount, Sending, Violation } from "../evidence.ts";
import { check } from "./check.ts";

/** A checker that finds nothing in a broken run is worse than none: each violation is tried here. */
const ACCOUNT = "acc_00000000000000000000000001";
const OWNER = "15550600000";
const CONTACT = "15550701111";
const START = Date.parse("2026-11-20T10:00:00Z");
const at = (ms: number): string => new Date(START + ms).toISOString();

/** What a run without any mishap leaves: one message sent and read, one received, one cancelled. */
function givenEvidence(changes: Partial<Evidence> = {}): Evidence {
  const row: DirectoryRow = {
    name: "Lab",
    state: "connected",
    reason: null,
    phone: OWNER,
    health: 100,
    queueState: "active",
  };
  return {
    accounts: [account()],
    sendings: [sending(1), sending(2)],
    cancellings: [],
    arrivals: [{ n: 1, account: ACCOUNT, from: CONTACT, text: "in1", waId: "WA-IN1", at: START }],
    ledger: [ledgerRow(1, 1)],
    phones: new Map([[CONTACT, [shown("m1", "WA1")]]]),
    delivered: new Map([[ACCOUNT, new Set(["WA-IN1"])]]),
    journals: new Map([
      [
        ACCOUNT,
        events("accepted 1", "sent 1", "accepted 2", "cancelled 2", "read 1", "received in1"),
      ],
    ]),
    readings: [],
    messages: new Map([
      ["msg_1", message(1, "read")],
      ["msg_2", message(2, "cancelled")],
    ]),
    beliefs: [{ at: START, account: ACCOUNT, host: "local-1", epoch: 1 }],
    pryings: [],
    waitings: [],
    skews: [],
    owners: new Map([[ACCOUNT, row]]),
    directory: new Map([[ACCOUNT, { ...row }]]),
    ...changes,
  };
}

function account(changes: Partial<LabAccount> = {}): LabAccount {
  return {
    id: ACCOUNT,
    tenant: 0,
    number: OWNER,
    limits: null,
    limitedUntil: null,
    relinked: [],
    ...changes,
  };
}

function sending(n: number, changes: Partial<Sending> = {}): Sending {
  const answer = { kind: "accepted", id: `msg_${n}`, waId: `WA${n}`, account: ACCOUNT } as const;
  return {
    n,
    tenant: 0,
    account: ACCOUNT,
    to: CONTACT,
    text: `m${n}`,
    calls: [{ at: START, doneAt: START + 5, answer }],
    ...changes,
  };
}

function ledgerRow(n: number, message: number, changes: Partial<LedgerRow> = {}): LedgerRow {
  const row = { n, at: at(100), account: OWNER, device: 1, to: CONTACT, wa_id: `WA${message}` };
  return { ...row, ...changes };
}

function shown(text: string, waId: string): PhoneMessage {
  return { from: OWNER, to: CONTACT, wa_id: waId, type: "text", text, at: at(120) };
}

/** Only what the checks read of a message: the rest has nothing to do with them. */
function message(n: number, state: Message["state"], changes: Partial<Message> = {}): Message {
  return { id: `msg_${n}`, account: ACCOUNT, wa_id: `WA${n}`, state, ...changes } as Message;
}

/** Events by type and message, numbered in order. */
function events(...words: string[]): Event[] {
  return words.map((word, index) => {
    const [type = "", of = ""] = word.split(" ");
    const isInbound = type === "received";
    const data = {
      id: isInbound ? "msg_900" : `msg_${of}`,
      wa_id: isInbound ? `WA-${of.toUpperCase()}` : `WA${of}`,
      text: { body: isInbound ? of : `m${of}` },
    };
    const seq = index + 1;
    return { id: `evt_${seq}`, seq, type: `message.${type}`, created_at: at(seq), data } as Event;
  });
}

function found(evidence: Evidence): [number, string][] {
  return check(evidence).map(({ invariant, what }: Violation): [number, string] => [
    invariant,
    what,
  ]);
}

/** The journal of a run without mishap, changed. */
function journal(...words: string[]): Pick<Evidence, "journals"> {
  return { journals: new Map([[ACCOUNT, events(...words)]]) };
}

const WHOLE = ["accepted 1", "sent 1", "accepted 2", "cancelled 2", "read 1", "received in1"];

test("a run without a mishap has no violation", () => {
  expect(check(givenEvidence())).toEqual([]);
});

test.each<[string, number, RegExp, Partial<Evidence>]>([
  [
    "an accepted message that nobody knows any more",
    1,
    /not known any more/,
    { messages: new Map([["msg_1", message(1, "read")]]) },
  ],
  [
    "a message that stays leased",
    1,
    /still leased/,
    {
      messages: new Map([
        ["msg_1", message(1, "read")],
        ["msg_2", message(2, "leased")],
      ]),
    },
  ],
  [
    "a message without an event that it was accepted",
    1,
    /without an event/,
    journal("sent 1", "accepted 2", "cancelled 2", "read 1", "received in1"),
  ],
  [
    "an end without an event",
    1,
    /ended cancelled without an event/,
    journal("accepted 1", "sent 1", "accepted 2", "read 1", "received in1"),
  ],
  [
    "a delivered message without an event that it was sent",
    1,
    /without an event that it was sent/,
    journal("accepted 1", "accepted 2", "cancelled 2", "read 1", "received in1"),
  ],
  ["a message called sent that WhatsApp never saw", 9, /never saw it/, { ledger: [] }],
  [
    "a cancelled message that WhatsApp has",
    9,
    /was called cancelled, and WhatsApp has it/,
    { ledger: [ledgerRow(1, 1), ledgerRow(2, 2)] },
  ],
  [
    "an event that a message failed which WhatsApp has",
    9,
    /was called failed, and WhatsApp has it/,
    journal(...WHOLE, "failed 1"),
  ],
  [
    "an event that a message was sent which ended unseen",
    9,
    /called sent, and WhatsApp never saw it/,
    journal(...WHOLE, "sent 2"),
  ],
  [
    "one key that made two messages",
    2,
    /one idempotency key made 2/,
    {
      sendings: [sending(1, { calls: [...sending(1).calls, ...sending(2).calls] })],
    },
  ],
  [
    "two messages with one WhatsApp id",
    2,
    /shares its WhatsApp id/,
    {
      sendings: [
        sending(1),
        sending(2, {
          calls: [
            {
              at: START,
              doneAt: START,
              answer: { kind: "accepted", id: "msg_2", waId: "WA1", account: ACCOUNT },
            },
          ],
        }),
      ],
    },
  ],
  [
    "a message whose WhatsApp id changed",
    2,
    /changed its WhatsApp id/,
    {
      messages: new Map([
        ["msg_1", message(1, "read")],
        ["msg_2", message(2, "cancelled", { wa_id: "WA3" })],
      ]),
    },
  ],
  [
    "a stanza that belongs to no message",
    2,
    /that nobody sent/,
    { ledger: [ledgerRow(1, 1), ledgerRow(2, 77)] },
  ],
  [
    "a message to the wrong person",
    2,
    /should have gone to/,
    { ledger: [ledgerRow(1, 1, { to: "15550702222" })] },
  ],
  [
    "a message that is twice on a phone",
    2,
    /2 times on the phone/,
    { phones: new Map([[CONTACT, [shown("m1", "WA1"), shown("m1", "WA7")]]]) },
  ],
  [
    "a host that is believed after a later one",
    3,
    /was believed in epoch 1 after local-2 was in 2/,
    {
      beliefs: [
        { at: START, account: ACCOUNT, host: "local-1", epoch: 1 },
        { at: START + 1, account: ACCOUNT, host: "local-2", epoch: 2 },
        { at: START + 2, account: ACCOUNT, host: "local-1", epoch: 1 },
      ],
    },
  ],
  [
    "two hosts in one epoch",
    3,
    /epoch 1 was believed of local-1 and of local-2/,
    {
      beliefs: [
        { at: START, account: ACCOUNT, host: "local-1", epoch: 1 },
        { at: START + 1, account: ACCOUNT, host: "local-2", epoch: 1 },
      ],
    },
  ],
  [
    "a journal with a gap",
    4,
    /has 7 where 6 belongs/,
    { journals: new Map([[ACCOUNT, events(...WHOLE, "read 1").filter(({ seq }) => seq !== 6)]]) },
  ],
  [
    "a reader that missed an event",
    4,
    /a listener got 3 where 2 belongs/,
    { readings: [reading([1, 3])] },
  ],
  [
    "a reader that was not shown the beginning",
    4,
    /a listener got 2 where 1 belongs/,
    { readings: [{ ...reading([2, 3]), isFromStart: true }] },
  ],
  [
    "a reader that heard an event twice",
    4,
    /got 1 where 2 belongs/,
    { readings: [reading([1, 1])] },
  ],
  [
    "a number that was given to another event",
    4,
    /got message.read as event 1, which is message.accepted now/,
    { readings: [{ ...reading([]), events: events("read 1") }] },
  ],
  [
    "an event that a reader saw and that is gone",
    4,
    /got event 7, which is gone/,
    { readings: [{ ...reading([]), events: events(...WHOLE, "read 1") }] },
  ],
  [
    "an account of which D1 has an older state",
    6,
    /D1 has state reconnecting, the account says connected/,
    {
      directory: new Map([
        [
          ACCOUNT,
          {
            name: "Lab",
            state: "reconnecting",
            reason: null,
            phone: OWNER,
            health: 100,
            queueState: "active",
          },
        ],
      ]),
    },
  ],
  ["an account that D1 does not have", 6, /D1 does not have it/, { directory: new Map() }],
  [
    "another tenant's thing that is shown",
    7,
    /of another tenant: 200/,
    { pryings: [prying(200, null)] },
  ],
  [
    "another tenant's thing that is told apart from nonsense",
    7,
    /of another tenant: 403/,
    { pryings: [prying(403, "forbidden")] },
  ],
  [
    "a message that is due for a minute without a reason",
    8,
    /due for 61 s without a reason/,
    { waitings: [waiting(61_000, null)] },
  ],
  [
    "an inbound message that is not in the journal",
    10,
    /not in the journal/,
    journal("accepted 1", "sent 1", "accepted 2", "cancelled 2", "read 1"),
  ],
  [
    "an inbound message that was delivered before the phone was linked anew",
    10,
    /counts as delivered and is not in the journal/,
    {
      accounts: [account({ relinked: [{ from: START - 1, until: START + 1 }] })],
      ...journal("accepted 1", "sent 1", "accepted 2", "cancelled 2", "read 1"),
    },
  ],
  [
    "an inbound message that is twice in the journal",
    10,
    /2 times in the journal/,
    journal(...WHOLE, "received in1"),
  ],
  [
    "an inbound message with another text",
    10,
    /is in the journal as/,
    {
      arrivals: [
        { n: 1, account: ACCOUNT, from: CONTACT, text: "other", waId: "WA-IN1", at: START },
      ],
    },
  ],
])("%s is found", (_, invariant, words, changes) => {
  const all = found(givenEvidence(changes));
  expect(all).toContainEqual([invariant, expect.stringMatching(words)]);
});

test("a window that is fuller than the limit is found, and a full one is not", () => {
  const limits = { per_minute: 20, per_hour: 400, per_day: 4_000 };
  const many = (gapMs: number): Partial<Evidence> => ({
    accounts: [account({ limits })],
    sendings: Array.from({ length: 21 }, (_, n) => sending(n)),
    messages: new Map(
      Array.from({ length: 21 }, (_, n) => [`msg_${n}`, message(n, "read")] as const),
    ),
    ledger: Array.from({ length: 21 }, (_, n) => ledgerRow(n + 1, n, { at: at(n * gapMs) })),
  });
  const quotas = (changes: Partial<Evidence>) =>
    found(givenEvidence(changes)).filter(([invariant]) => invariant === 5);
  expect(quotas(many(2_999))).toEqual([[5, expect.stringMatching(/^21 messages in the minute/)]]);
  expect(quotas(many(3_000))).toEqual([]);
  const freed = account({ limits, limitedUntil: START + 20 * 2_999 });
  expect(quotas({ ...many(2_999), accounts: [freed] })).toEqual([]);
  // While the Worker's clock was wrong its minute was another.
  const skews = [{ from: START + 1_000, until: START + 2_000, ms: 60_000 }];
  expect(quotas({ ...many(2_999), skews })).toEqual([]);
});

test("one stanza more may delete what was sent, two may not", () => {
  const cancellings = sending(1).calls.map((call) => ({ n: 1, id: "msg_1", call }));
  const deleted = (rows: LedgerRow[]) =>
    found(givenEvidence({ cancellings, ledger: [ledgerRow(1, 1), ...rows] }));
  expect(deleted([ledgerRow(2, 77)])).toEqual([]);
  expect(deleted([ledgerRow(2, 77), ledgerRow(3, 78)])).toEqual([
    [2, expect.stringMatching(/that nobody sent/)],
  ]);
  expect(deleted([ledgerRow(2, 77, { to: "15550702222" })])).toHaveLength(1);
});

test("what is no violation is not called one", () => {
  const quiet: Partial<Evidence>[] = [
    { pryings: [prying(404, "not_found"), prying(503, "unavailable"), prying(0, null)] },
    { waitings: [waiting(600_000, "quota_minute"), waiting(59_000, null)] },
    { readings: [reading([2, 3, 4])] },
    {
      accounts: [account({ relinked: [{ from: START - 1, until: START + 1 }] })],
      delivered: new Map(),
      ...journal(...WHOLE.slice(0, 5)),
    },
  ];
  for (const changes of quiet) expect(found(givenEvidence(changes))).toEqual([]);
});

function reading(seqs: number[]): Evidence["readings"][number] {
  const all = events(...WHOLE);
  return {
    account: ACCOUNT,
    reader: "a listener",
    isFromStart: false,
    events: seqs.flatMap((seq) => all[seq - 1] ?? []),
  };
}

function prying(status: number, code: string | null): Evidence["pryings"][number] {
  const nonsense = { status: 404, code: "not_found", detail: "There is no such account." };
  const foreign = { status, code, detail: code === "not_found" ? nonsense.detail : null };
  return { at: START, path: "/v1/accounts/x", foreign, nonsense };
}

function waiting(dueForMs: number, reason: string | null): Evidence["waitings"][number] {
  return { at: START, account: ACCOUNT, message: "msg_2", state: "accepted", dueForMs, reason };
}
