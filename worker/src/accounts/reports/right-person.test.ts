import type { Peer } from "@roost/contract/host";
import { type Id, numberedId } from "@roost/contract/ids";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { givenStore, textFor } from "../../../test/workers/given-store.ts";
import { acceptMessage } from "../outbox/accept-message.ts";
import { AccountStore } from "../account-store.ts";
import { applyMessageReport, type MessageReport } from "./apply-reports.ts";
import { cutLeases, leaseFrame } from "../leases/cut-leases.ts";
import { defaultLimits } from "../limits/default-limits.ts";

const NOW = 1_000_000;

function given() {
  const { store, sql } = givenStore();
  const of = { account: store.account().id, epoch: 1 };
  const tell = (report: MessageReport) => applyMessageReport(store, report, NOW);
  let waIds = 0;
  return {
    store,
    sql,
    accept(phone: string): number {
      const accepted = acceptMessage(store, textFor(phone), NOW, defaultLimits(true));
      if (!accepted.ok) throw new Error(accepted.refusal.detail);
      return store.messages.last();
    },
    received(peer: Peer): void {
      const wa_id = `W${++waIds}`;
      const facts = { from_me: false, name: null, type: "text", text: "hi", quoted_wa_id: null };
      tell({ ...of, kind: "received", wa_id, peer, ...facts, at: NOW });
    },
    sent(n: number, peer: Peer | null): void {
      const message = numberedId("message", of.account, n);
      tell({ ...of, kind: "outcome", message, result: "sent", error: null, peer, at: NOW });
    },
    read(n: number, peer: Peer): void {
      const wa_ids = [store.messages.find(n)?.waId ?? ""];
      tell({ ...of, kind: "receipt", wa_ids, type: "read", peer, at: NOW });
    },
    stateOf: (n: number) => store.messages.find(n)?.states.at(-1)?.[0],
    /** Where everything that is due would go. */
    recipients(): Peer[] {
      let leases = 0;
      const newLeaseId = (): Id<"lease"> => `lse_${String(++leases).padStart(26, "0")}`;
      const limits = defaultLimits(true);
      const open = { direct: null, campaign: null, strangers: null };
      return cutLeases(store, limits, { now: NOW, random: () => 0, newLeaseId }).flatMap(
        (lease) => leaseFrame(store, lease, open)?.messages.map(({ to }) => to) ?? [],
      );
    },
  };
}

const ANA = { phone: "4915111", lid: "111" };
const BEN = { phone: "4915222", lid: "222" };

test("a person who changes their number does not get what was written to the old one", () => {
  const at = given();
  at.received(ANA);
  at.accept(ANA.phone);
  at.received({ phone: BEN.phone, lid: ANA.lid });
  expect(at.recipients()).toEqual([{ phone: ANA.phone, lid: null }]);
});

test("a number with a new owner leads to a new chat, and the old one keeps its messages", () => {
  const at = given();
  at.received(ANA);
  const n = at.accept(ANA.phone);
  at.received({ phone: ANA.phone, lid: BEN.lid });
  expect(at.recipients()).toEqual([{ phone: ANA.phone, lid: null }]);
  const chats = at.store.chats.latestFirst();
  expect(chats.map(({ phone, lid }) => [phone, lid])).toEqual([
    [ANA.phone, BEN.lid],
    [null, ANA.lid],
  ]);
  at.sent(n, { phone: ANA.phone, lid: BEN.lid });
  at.read(n, { phone: null, lid: "333" });
  expect(at.stateOf(n)).toBe("sent");
  at.read(n, { phone: null, lid: BEN.lid });
  expect(at.stateOf(n)).toBe("read");
});

test("two people who are both known by LID never become one", () => {
  const at = given();
  at.received(ANA);
  at.received(BEN);
  at.received({ phone: ANA.phone, lid: BEN.lid });
  expect(at.store.chats.latestFirst()).toHaveLength(2);
  at.accept(BEN.phone);
  expect(at.recipients()).toEqual([{ phone: BEN.phone, lid: null }]);
});

test("only a look-up says that two numbers are forms of one", () => {
  const at = given();
  const dialled = "5511999990000";
  const known = { phone: "551199990000", lid: "777" };
  const first = at.accept(dialled);
  at.received(known);
  at.recipients();
  at.sent(first, known);
  const chats = at.store.chats.latestFirst();
  expect(chats).toMatchObject([{ ...known, dialled: [dialled] }]);
  at.accept(dialled);
  expect(at.recipients()).toEqual([{ phone: dialled, lid: known.lid }]);
  expect(at.store.chats.latestFirst()).toHaveLength(1);
});

test("whatever is heard of whom, a message goes to the number it was written for", () => {
  const phone = fc.constantFrom("4915111", "4915222", "4915333");
  const lid = fc.constantFrom("111", "222", "333");
  const peer = fc
    .record({ phone: fc.option(phone), lid: fc.option(lid) })
    .filter((p) => p.phone !== null || p.lid !== null);
  const step = fc.oneof(
    fc.record({ kind: fc.constant("accept" as const), phone }),
    fc.record({ kind: fc.constant("received" as const), peer }),
    fc.record({ kind: fc.constant("sent" as const), n: fc.nat(10), peer }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const at = given();
      for (const it of steps) {
        if (it.kind === "accept") at.accept(it.phone);
        else if (it.kind === "received") at.received(it.peer);
        else at.sent(it.n, it.peer);
      }
      const owner = new Map<string, number>();
      for (const chat of at.store.chats.latestFirst()) {
        for (const address of [chat.phone, chat.lid, ...chat.dialled]) {
          if (address === null) continue;
          expect(owner.has(address)).toBe(false);
          owner.set(address, chat.n);
        }
      }
      for (const [address, n] of owner) {
        const [found] = at.store.chats.findPeer({ phone: address, lid: address });
        expect(found?.n).toBe(n);
      }
      at.store.commit(NOW);
      at.store.checkpoint(NOW);
      const reopened = AccountStore.open(at.sql.asStorage());
      expect(reopened.chats.latestFirst()).toEqual(at.store.chats.latestFirst());
      const waiting = at.store.outbox.first(20).map((n) => at.store.messages.find(n)?.address);
      expect(at.recipients().map((to) => `+${to.phone}`)).toEqual(waiting);
    }),
  );
});
