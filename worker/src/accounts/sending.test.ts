import type { Limits } from "@roost/contract/accounts";
import { type Id, numberedId } from "@roost/contract/ids";
import type { Lane } from "@roost/contract/messages";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { givenStore, textFor } from "../../test/workers/given-store.ts";
import { acceptMessage } from "./outbox/accept-message.ts";
import { AccountStore } from "./account-store.ts";
import { applyMessageReport } from "./reports/apply-reports.ts";
import { isClockBehind } from "./limits/budgets.ts";
import { cutLeases, leaseDecision, offerAgain } from "./leases/cut-leases.ts";
import { defaultLimits } from "./limits/default-limits.ts";
import { LANES } from "./leases/lanes.ts";
import { ripenOutbox } from "./outbox/settle-message.ts";

const ACCOUNT: Id<"account"> = `acc_${"1".repeat(26)}`;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NEW_CHATS = 9;

const limits: Limits = {
  ...defaultLimits(true),
  per_minute: 10,
  per_hour: 40,
  per_day: 90,
  new_chats_per_day: NEW_CHATS,
};

const step = fc.record({
  waitMs: fc.oneof(fc.nat(3_000), fc.nat(MINUTE), fc.nat(20 * MINUTE), fc.nat(5 * HOUR)),
  accepted: fc.array(fc.record({ person: fc.nat(25), isCampaign: fc.boolean() }), {
    maxLength: 12,
  }),
  answers: fc.array(fc.nat(25), { maxLength: 2 }),
  outcomes: fc.array(fc.constantFrom("sent", "sent", "failed", "unconfirmed", "returned", "none"), {
    minLength: 12,
    maxLength: 12,
  }),
  wireMs: fc.nat(30_000),
  event: fc.constantFrom("none", "none", "none", "restart", "takeover", "offer", "clock_back"),
  backMs: fc.oneof(fc.nat(5_000), fc.nat(30 * MINUTE), fc.nat(2 * DAY)),
});
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;
type OnWire = { n: number; lane: Lane; person: string; at: number };

const phoneOf = (person: number) => `49160${String(person).padStart(6, "0")}`;

/** The account and a host that is slow, dies and forgets. Times on the wire are true. */
class Scene {
  readonly wire: OnWire[] = [];
  readonly problems: string[] = [];
  /** Who had written to us when; nothing sent to them after that begins a chat. */
  readonly wroteAt = new Map<string, number>();
  private readonly sql;
  private store: AccountStore;
  /** What the host has in hand, and when it goes out. */
  private readonly host = new Map<number, number>();
  private now = 1_700_000_000_000;
  private behind = 0;
  private leases = 0;
  private received = 0;

  constructor() {
    const { sql, store } = givenStore();
    this.sql = sql;
    this.store = store;
  }

  run(step: Step): void {
    this.now += step.waitMs;
    this.flush();
    if (step.event === "clock_back") this.behind += step.backMs;
    const clock = this.now - this.behind;
    if (isClockBehind(this.store.sends(), clock)) {
      this.store.change({ kind: "clock_set_back", now: clock });
    }
    this.report(step.outcomes, clock);
    for (const person of step.answers) this.answer(person, clock);
    for (const { person, isCampaign } of step.accepted) {
      const input = { priority: 5, pace: "asap" as const };
      const marked = isCampaign ? { ...input, lane: "campaign" as const } : input;
      acceptMessage(this.store, textFor(phoneOf(person), { input: marked }), clock, limits);
    }
    ripenOutbox(this.store, clock);
    this.strike(step, clock);
    for (const lease of cutLeases(this.store, limits, this.clock(clock))) {
      for (const { n } of lease.messages) this.host.set(n, this.now + step.wireMs);
    }
    this.store.commit(clock);
    this.checkReasons(clock);
  }

  /** What is due and in nobody's hands is on its way, or there is a word for why not. */
  private checkReasons(clock: number): void {
    const { picks, holds } = leaseDecision(this.store, limits, clock);
    if (picks.length > 0) this.problems.push("something that may go was not handed out");
    const counts = this.store.outbox.laneCounts();
    for (const lane of LANES) {
      const isBusy = this.host.size > 0 || this.store.leases.all().length > 0;
      const hold = holds[lane];
      if (counts[lane].accepted > 0 && hold === null && !isBusy) {
        this.problems.push(`${lane} is held without a reason`);
      }
      if (hold !== null && hold.until !== null && hold.until <= clock) {
        this.problems.push(`${lane} is held until a time that is over`);
      }
    }
  }

  private strike({ event, wireMs }: Step, clock: number): void {
    if (event === "restart") {
      this.store.commit(clock);
      this.store = AccountStore.open(this.sql.asStorage());
    }
    if (event === "takeover") {
      for (const { id } of this.store.leases.all()) {
        this.store.change({ kind: "lease_closed", id, now: clock });
      }
      this.host.clear();
    }
    if (event === "offer") {
      for (const lease of this.store.leases.all()) {
        offerAgain(this.store, lease, limits, this.clock(clock));
        for (const { n } of lease.messages) {
          if (!this.host.has(n)) this.host.set(n, this.now + wireMs);
        }
      }
    }
  }

  /** What the host's pacing let go until now. */
  private flush(): void {
    for (const [n, at] of this.host) {
      if (at > this.now || this.wire.some((sent) => sent.n === n && sent.at === at)) continue;
      const message = this.store.messages.find(n);
      const lane = message?.out?.lane ?? "direct";
      this.wire.push({ n, lane, person: message?.address ?? "", at });
    }
  }

  private report(outcomes: Step["outcomes"], clock: number): void {
    let i = 0;
    for (const [n, at] of this.host) {
      const result = outcomes[i++ % outcomes.length] ?? "none";
      if (result === "none") continue;
      const isOut = at <= this.now;
      // Only what is not begun comes back, and only what is begun has a fate.
      if (isOut === (result === "returned")) continue;
      this.host.delete(n);
      applyMessageReport(
        this.store,
        {
          kind: "outcome",
          account: ACCOUNT,
          epoch: 1,
          message: numberedId("message", ACCOUNT, n),
          result,
          error: result === "failed" ? { code: "refused", detail: "No.", retryable: false } : null,
          peer: null,
          at: clock,
        },
        clock,
      );
      // Nobody asks a person here whether ten failures are enough.
      this.store.setAccount({ queue: { state: "active", reason: null } });
      this.store.change({ kind: "health_forgiven", now: clock });
    }
  }

  private answer(person: number, clock: number): void {
    const phone = phoneOf(person);
    if (!this.wroteAt.has(`+${phone}`)) this.wroteAt.set(`+${phone}`, this.now);
    applyMessageReport(
      this.store,
      {
        kind: "received",
        account: ACCOUNT,
        epoch: 1,
        wa_id: `IN${++this.received}`,
        peer: { phone, lid: null },
        from_me: false,
        name: null,
        type: "text",
        text: "hello",
        quoted_wa_id: null,
        at: clock,
      },
      clock,
    );
  }

  private clock(now: number) {
    const newLeaseId = (): Id<"lease"> => `lse_${String(++this.leases).padStart(26, "0")}`;
    return { now, random: () => 0.5, newLeaseId };
  }
}

/** How many more than allowed the fullest window of this length has. */
function excess(wire: readonly OnWire[], windowMs: number, most: number): number {
  const times = wire.map(({ at }) => at).sort((a, b) => a - b);
  return times.filter((at, i) => at - (times[i - most] ?? -Infinity) < windowMs).length;
}

test("an account keeps every window of every lane, and says why whatever it holds is held", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const scene = new Scene();
      for (const step of steps) scene.run(step);
      const { wire, wroteAt, problems } = scene;
      expect(problems).toEqual([]);
      const cold = wire.filter(({ lane }) => lane !== "reply");
      const campaign = wire.filter(({ lane }) => lane === "campaign");
      for (const [windowMs, all, shared, own] of [
        [MINUTE, 10, 9, 6],
        [HOUR, 40, 36, 24],
        [DAY, 90, 81, 54],
      ] as const) {
        expect(excess(wire, windowMs, all)).toBe(0);
        expect(excess(cold, windowMs, shared)).toBe(0);
        expect(excess(campaign, windowMs, own)).toBe(0);
      }
      const begun = new Map<string, OnWire>();
      for (const sent of [...wire].sort((a, b) => a.at - b.at)) {
        const isAnswer = (wroteAt.get(sent.person) ?? Infinity) <= sent.at;
        if (!isAnswer && !begun.has(sent.person)) begun.set(sent.person, sent);
      }
      expect(excess([...begun.values()], DAY, NEW_CHATS)).toBe(0);
    }),
    { numRuns: 150 },
  );
});
