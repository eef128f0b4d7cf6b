import type { Peer } from "@roost/contract/host";
import { type Id, numberedId } from "@roost/contract/ids";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { givenStore, textFor } from "../../test/workers/given-store.ts";
import type { MemorySql } from "../../test/workers/memory-sql.ts";
import { acceptMessage } from "./outbox/accept-message.ts";
import { AccountStore } from "./account-store.ts";
import { applyMessageReport } from "./reports/apply-reports.ts";
import { cutLeases, leaseDecision } from "./leases/cut-leases.ts";
import { defaultLimits } from "./limits/default-limits.ts";
import { ripenOutbox, settleMessage } from "./outbox/settle-message.ts";
import { presentChat, presentEvent, presentMessage } from "./present.ts";

const ACCOUNT: Id<"account"> = `acc_${"1".repeat(26)}`;
const LIMITS = defaultLimits(true);

const reopen = (sql: MemorySql): AccountStore => AccountStore.open(sql.asStorage());

/** All that can be asked of an account. */
function view(store: AccountStore, now: number) {
  const numbers = Array.from({ length: store.messages.last() }, (_, i) => i + 1);
  const chats = store.chats.latestFirst();
  return {
    account: store.account(),
    messages: numbers.map((n) => {
      const message = store.messages.find(n);
      return message === null ? null : presentMessage(store, message);
    }),
    chats: chats.map((chat) => presentChat(store, chat)),
    chains: chats.map((chat) => Array.from(store.messages.chain(chat.tails), ({ n }) => n)),
    events: store.journal.after(0, 100_000).map((event) => presentEvent(store, event)),
    counts: store.outbox.counts(),
    due: store.outbox.first(1_000),
    leases: store.leases.all(),
    sends: store.sends(),
    health: store.health(),
    decision: leaseDecision(store, LIMITS, now),
    keys: store.credentials.read(Array.from({ length: 20 }, (_, i) => `key-${i}`)),
  };
}

type Clock = { now: number };

function accept(store: AccountStore, { now }: Clock, person: number, key: string | null = null) {
  const phone = `5511${String(person).padStart(8, "0")}`;
  return acceptMessage(store, textFor(phone, { idempotencyKey: key }), now, LIMITS);
}

let leaseNumber = 0;
function cut(store: AccountStore, { now }: Clock) {
  const newLeaseId = (): Id<"lease"> => `lse_${String(++leaseNumber).padStart(26, "0")}`;
  return cutLeases(store, LIMITS, { now, random: () => 0, newLeaseId });
}

const of = { account: ACCOUNT, epoch: 1 };

function outcome(
  store: AccountStore,
  { now }: Clock,
  n: number,
  result: "sent" | "returned",
  peer: Peer | null = null,
) {
  const message = numberedId("message", ACCOUNT, n);
  const facts = { ...of, kind: "outcome", message, error: null, peer, at: now } as const;
  applyMessageReport(store, { ...facts, result }, now);
}

function receipt(store: AccountStore, { now }: Clock, n: number, type: "delivered" | "read") {
  const message = store.messages.find(n);
  const chat = message === null ? null : store.chats.find(message.chat);
  if (message === null || chat === null) return;
  const peer = { phone: chat.phone, lid: chat.lid };
  const waIds = [message.waId];
  applyMessageReport(store, { ...of, kind: "receipt", wa_ids: waIds, type, peer, at: now }, now);
}

function received(store: AccountStore, { now }: Clock, person: number, waId: string, text = waId) {
  applyMessageReport(
    store,
    {
      ...of,
      kind: "received",
      wa_id: waId,
      // Some are only known by LID at first, and by both later.
      peer: {
        phone: person % 3 === 0 ? null : `5511${String(person).padStart(8, "0")}`,
        lid: person % 3 === 1 ? null : String(70_000 + (person % 5)),
      },
      from_me: false,
      name: "Ana",
      type: "text",
      text,
      quoted_wa_id: null,
      at: now,
    },
    now,
  );
}

const anyStep = fc.oneof(
  fc.record({ kind: fc.constant("accept" as const), n: fc.nat(12), keyed: fc.boolean() }),
  fc.record({ kind: fc.constantFrom("sent", "returned", "delivered", "read"), n: fc.nat(60) }),
  fc.record({ kind: fc.constant("received" as const), n: fc.nat(12) }),
  fc.record({ kind: fc.constant("keys" as const), n: fc.nat(20) }),
  fc.record({
    kind: fc.constantFrom("cut", "lost", "commit", "checkpoint", "restart"),
    n: fc.nat(3),
  }),
);

test("an account that is thrown out of memory at any moment comes back as it was", () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 80 }), (steps) => {
      const { sql, store: first } = givenStore();
      let store = first;
      const clock = { now: 1_000_000 };
      for (const [i, step] of steps.entries()) {
        clock.now += 250;
        const { kind, n } = step;
        if (kind === "accept") accept(store, clock, n, step.keyed ? `key ${n}` : null);
        else if (kind === "received") received(store, clock, n, `W${n}`);
        else if (kind === "sent" || kind === "returned") outcome(store, clock, n, kind);
        else if (kind === "delivered" || kind === "read") receipt(store, clock, n, kind);
        else if (kind === "keys") {
          const value = i % 4 === 0 ? null : `value ${i}`;
          store.change({ kind: "keys", dataKey: "wrapped", writes: [[`key-${n}`, value]] });
        } else if (kind === "cut") cut(store, clock);
        else if (kind === "lost") {
          for (const { id } of store.leases.all()) {
            store.change({ kind: "lease_closed", id, now: clock.now });
          }
        } else {
          store.commit(clock.now);
          if (kind === "checkpoint") store.checkpoint(clock.now);
          if (kind === "restart") store = reopen(sql);
        }
      }
      store.commit(clock.now);
      expect(view(reopen(sql), clock.now)).toEqual(view(store, clock.now));
      store.checkpoint(clock.now);
      expect(view(reopen(sql), clock.now)).toEqual(view(store, clock.now));
      const seqs = store.journal.after(0, 100_000).map(({ seq }) => seq);
      expect(seqs).toEqual(seqs.map((_, i) => i + 1));
    }),
    { numRuns: 150 },
  );
});

test("a key is found again for seven days, and after a restart", () => {
  const { sql, store } = givenStore();
  const clock = { now: 1_000_000 };
  const first = accept(store, clock, 1, "order-1");
  for (let i = 0; i < 600; i++) accept(store, clock, i, `other ${i}`);
  store.commit(clock.now);
  store.checkpoint(clock.now);
  const day = 24 * 60 * 60 * 1000;
  const again = accept(reopen(sql), { now: clock.now + 6 * day }, 1, "order-1");
  expect(again).toMatchObject({ ok: true, value: { isReplayed: true } });
  expect(again.ok && first.ok && again.value.message).toEqual(first.ok && first.value.message);
});

test("ten thousand messages stay cheap: rows written, memory, and the time of a restart", () => {
  const { sql, store } = givenStore();
  const clock = { now: 1_000_000 };
  const before = sql.rowsWritten;
  const messages = 10_000;
  for (let i = 1; i <= messages; i++) {
    clock.now += 3_000;
    accept(store, clock, i % 2_000, `key ${i}`);
    cut(store, clock);
    store.commit(clock.now);
    // The ack, the keys of the recipient and of the own phone, and a receipt share a tick.
    outcome(store, clock, i, "sent");
    const writes: [string, string][] = [
      [`session:${i % 2_000}`, "x".repeat(900)],
      ["session:own", "x".repeat(900)],
    ];
    store.change({ kind: "keys", dataKey: null, writes });
    receipt(store, clock, i, "delivered");
    store.commit(clock.now);
    if (i > 20) receipt(store, clock, i - 20, "read");
    store.commit(clock.now);
  }
  const rows = (sql.rowsWritten - before) / messages;
  console.log(`rows written per message, checkpoints and keys included: ${rows.toFixed(2)}`);
  expect(rows).toBeLessThan(3.5);
  expect(store.messages.inMemory()).toBeLessThan(6_000);
  const startedAt = performance.now();
  const reopened = reopen(sql);
  expect(performance.now() - startedAt).toBeLessThan(1_000);
  expect(reopened.messages.last()).toBe(messages);
}, 30_000);

test("texts and keys of any length and script are kept, over a checkpoint and without one", () => {
  const { sql, store } = givenStore();
  const clock = { now: 1_000_000 };
  const texts = ["界".repeat(65_536), "🙂".repeat(400_000), "\u0001".repeat(65_536), "short"];
  for (let i = 0; i < 32; i++) received(store, clock, 1, `W${i}`, texts[i % 4]);
  const keys: [string, string][] = Array.from({ length: 20 }, (_, i) => [
    `key-${i}`,
    `${i}`.repeat(900_000),
  ]);
  store.change({ kind: "keys", dataKey: "wrapped", writes: keys });
  store.commit(clock.now);
  expect(view(reopen(sql), clock.now)).toEqual(view(store, clock.now));
  store.checkpoint(clock.now);
  const reopened = reopen(sql);
  expect(view(reopened, clock.now)).toEqual(view(store, clock.now));
  for (let n = 1; n <= 32; n++) {
    const kept = reopened.messages.find(n)?.text ?? "";
    expect(kept.length).toBeGreaterThan(0);
    expect(new TextEncoder().encode(kept).length).toBeLessThanOrEqual(65_536);
    expect(texts[(n - 1) % 4]?.startsWith(kept)).toBe(true);
  }
  const names = keys.map(([name]) => name);
  expect(reopened.credentials.read(names)).toEqual(keys.map(([, value]) => value));
});

test("a checkpoint that fails changes nothing, and a later one makes up for it", () => {
  const { sql, store } = givenStore();
  const clock = { now: 1_000_000 };
  for (let i = 0; i < 40; i++) received(store, clock, i, `W${i}`);
  accept(store, clock, 1, "order-1");
  store.change({ kind: "keys", dataKey: "wrapped", writes: [["key-1", "one"]] });
  store.commit(clock.now);
  const before = view(store, clock.now);
  sql.isFull = true;
  store.checkpoint(clock.now);
  sql.isFull = false;
  expect(view(store, clock.now)).toEqual(before);
  expect(view(reopen(sql), clock.now)).toEqual(before);
  received(store, clock, 1, "later");
  store.commit(clock.now);
  store.checkpoint(clock.now);
  const reopened = reopen(sql);
  expect(view(reopened, clock.now)).toEqual(view(store, clock.now));
  expect(accept(reopened, clock, 1, "order-1")).toMatchObject({ value: { isReplayed: true } });
});

test("what may have gone out never expires and is never cancelled: its fate is open", () => {
  for (const fact of ["expired", "cancelled"] as const) {
    const { sql, store } = givenStore();
    const clock = { now: 1_000_000 };
    const expiresAt = clock.now + 60_000;
    acceptMessage(store, textFor("5511", { expiresAt }), clock.now, LIMITS);
    acceptMessage(store, textFor("5522", { expiresAt }), clock.now, LIMITS);
    const [first] = cut(store, clock);
    if (first === undefined) throw new Error("no lease");
    store.change({ kind: "lease_closed", id: first.id, now: clock.now });
    // The next session gives one back; the other has no session by the time it expires.
    cut(store, clock);
    outcome(store, clock, 1, "returned");
    for (const { id } of store.leases.all()) {
      store.change({ kind: "lease_closed", id, now: clock.now });
    }
    store.commit(clock.now);
    const reopened = reopen(sql);
    if (fact === "expired") ripenOutbox(reopened, expiresAt);
    for (const n of [1, 2]) {
      const message = reopened.messages.find(n);
      if (message === null) throw new Error("no message");
      if (fact === "cancelled") settleMessage(reopened, message, fact, { at: 1, now: clock.now });
      expect(message.states.at(-1)?.[0]).toBe("unconfirmed");
    }
    expect(reopened.outbox.counts()).toMatchObject({ accepted: 0, leased: 0, unconfirmed: 2 });
    receipt(reopened, clock, 1, "delivered");
    expect(reopened.messages.find(1)?.states.at(-1)?.[0]).toBe("delivered");
  }
});

test("a message's history never goes back in time, whatever clocks say", () => {
  const { store } = givenStore();
  const clock = { now: 1_000_000 };
  accept(store, clock, 1);
  cut(store, { now: 1_000_100 });
  const message = store.messages.find(1);
  if (message === null) throw new Error("no message");
  settleMessage(store, message, "sent", { at: 999_000, now: 1_000_200 });
  settleMessage(store, message, "delivered", { at: 2_000_000, now: 1_000_300 });
  settleMessage(store, message, "read", { at: 1_000_250, now: 1_000_400 });
  expect(message.states.map(([, at]) => at)).toEqual([
    1_000_000, 1_000_100, 1_000_100, 1_000_300, 1_000_300,
  ]);
  const told = store.journal.after(0, 10).map(({ at }) => at);
  expect(told).toEqual([1_000_000, 1_000_100, 1_000_300, 1_000_300]);
});
