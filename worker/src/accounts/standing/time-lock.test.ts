import { expect, test } from "vitest";
import { givenStore } from "../../../test/workers/given-store.ts";
import { followTimeLock, lockEnd } from "./time-lock.ts";

function given(lock: { is_active: boolean; until: number | null } | null) {
  const { store } = givenStore();
  const timeLock = lock && { ...lock, kind: null };
  store.setAccount({ standing: { timeLock, newChatCap: null } });
  const events = () => store.journal.after(0, 10).map(({ type }) => type);
  return { store, events };
}

test("a locked account is restricted until the lock ends, and both are told once", () => {
  const { store, events } = given({ is_active: true, until: 500 });
  followTimeLock(store, 100);
  followTimeLock(store, 200);
  expect(store.account()).toMatchObject({ state: "restricted", reason: "restricted" });
  expect(lockEnd(store.account())).toBe(500);
  followTimeLock(store, 500);
  expect(store.account()).toMatchObject({ state: "connected", reason: null });
  expect(events()).toEqual(["account.restricted", "account.connected"]);
  expect(lockEnd(store.account())).toBeNull();
});

test("a lock without an end holds until WhatsApp lifts it", () => {
  const { store } = given({ is_active: true, until: null });
  followTimeLock(store, 1e15);
  expect(store.account().state).toBe("restricted");
  const standing = { timeLock: { is_active: false, until: null, kind: null }, newChatCap: null };
  store.setAccount({ standing });
  followTimeLock(store, 1e15);
  expect(store.account().state).toBe("connected");
});

test("where WhatsApp has said nothing, and where nobody is connected, nothing changes", () => {
  const { store, events } = given(null);
  followTimeLock(store, 1);
  store.setAccount({ state: "restricted" });
  followTimeLock(store, 1);
  expect(store.account().state).toBe("restricted");
  const locked = given({ is_active: true, until: null });
  locked.store.setAccount({ state: "reconnecting" });
  followTimeLock(locked.store, 1);
  expect(locked.store.account().state).toBe("reconnecting");
  expect(events()).toEqual([]);
});
