import { expect, test } from "vitest";
import { givenStore, textFor } from "../../../test/workers/given-store.ts";
import { cutLeases } from "../leases/cut-leases.ts";
import { defaultLimits } from "../limits/default-limits.ts";
import { acceptMessage } from "./accept-message.ts";
import { cancelNow } from "./cancel-message.ts";

const limits = defaultLimits(true);
const NOW = 1_000_000;

/** A message in a lease that was just cut. */
function given() {
  const { store } = givenStore();
  acceptMessage(store, textFor("5511"), NOW, limits);
  const newLeaseId = () => `lse_${"1".repeat(26)}` as const;
  const [lease] = cutLeases(store, limits, { now: NOW, random: () => 0, newLeaseId });
  if (lease === undefined) throw new Error("no lease was cut");
  const cancel = () => {
    const message = store.messages.find(1);
    return message !== null && cancelNow(store, message);
  };
  const state = () => store.messages.find(1)?.states.map(([name]) => name);
  return { store, lease, cancel, state };
}

test("a message whose lease nobody has fetched is cancelled without asking anybody", () => {
  const { store, lease, cancel, state } = given();
  expect(cancel()).toBe(true);
  expect(state()).toEqual(["accepted", "cancelled"]);
  expect(store.leases.take(lease.id)).toBeNull();
  expect(store.outbox.counts()).toMatchObject({ accepted: 0, leased: 0 });
});

test("a message that a host was ever given is not, though its lease lies here again", () => {
  const { store, lease, cancel, state } = given();
  store.leases.take(lease.id);
  expect(cancel()).toBe(false);
  store.leases.offerSame(lease.id, NOW + 1);
  expect(cancel()).toBe(false);
  store.leases.putBack(lease.id);
  expect(cancel()).toBe(false);
  expect(state()).toEqual(["accepted", "leased"]);
});
