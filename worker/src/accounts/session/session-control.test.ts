import type { Report } from "@roost/contract/host";
import { numberedId } from "@roost/contract/ids";
import type { ReasonCode } from "@roost/contract/reasons";
import { expect, test } from "vitest";
import { givenStore } from "../../../test/workers/given-store.ts";
import { AccountStore } from "../account-store.ts";
import { SessionControl } from "./session-control.ts";
import type { StoredAccount } from "../stored.ts";

/** An account that looks for a host; no host is told anything. */
function given(facts: Partial<StoredAccount> = {}) {
  const { store, sql } = givenStore();
  const session = { epoch: 1, host: null, isWanted: true, isHeard: false };
  store.setAccount({ state: "reconnecting", session, ...facts });
  return { store, sql, sessions: controlOf(store) };
}

function controlOf(store: AccountStore): SessionControl {
  return new SessionControl(store, { place: async () => null, command: async () => false });
}

function reportsOf(store: AccountStore, epoch: number): Report[] {
  const account = store.account().id;
  const of = { account, epoch };
  const peer = { phone: "1", lid: null };
  const result = { ...of, kind: "outcome", message: numberedId("message", account, 1) } as const;
  const rest = { error: null, peer: null, at: 1 };
  return [
    { ...result, result: "sent", ...rest },
    { ...result, result: "failed", ...rest },
    { ...of, kind: "receipt", wa_ids: ["A"], type: "read", peer, at: 1 },
    {
      ...of,
      kind: "received",
      wa_id: "A",
      peer,
      from_me: false,
      name: null,
      type: "text",
      text: "hi",
      quoted_wa_id: null,
      at: 1,
    },
    { ...result, result: "returned", ...rest },
    { ...result, result: "unconfirmed", ...rest },
    { ...of, kind: "keys", data_key: null, writes: [["creds", "old"]] },
    {
      ...of,
      kind: "session",
      state: "ended",
      reason: "banned",
      self: null,
      upstream_code: null,
      at: 1,
    },
  ];
}

test("of an earlier session only what happened at WhatsApp is believed", () => {
  const { store, sessions } = given();
  sessions.restart("host_lost", 1);
  const believed = reportsOf(store, 1).map((report) => sessions.isLateFact(report));
  expect(believed).toEqual([true, true, true, true, false, false, false, false]);
  const { epoch } = store.account().session;
  expect(reportsOf(store, epoch).some((report) => sessions.isLateFact(report))).toBe(false);
  expect(reportsOf(store, epoch + 1).some((report) => sessions.isLateFact(report))).toBe(false);
});

test.each(["link", "unlink"] as const)(
  "after a new %s earlier facts are another phone's",
  (how) => {
    const { store, sql, sessions } = given();
    if (how === "link") sessions.link({ method: "qr", phone: null }, 1);
    else sessions.unlink("logout", "unlinked_by_us", 1);
    store.commit(1);
    const reopened = controlOf(AccountStore.open(sql.asStorage()));
    expect(reportsOf(store, 1).some((report) => reopened.isLateFact(report))).toBe(false);
  },
);

test("a phone of another number is linked, and what waits is held until a person decides", () => {
  const { store, sessions } = given({ phone: "4915111" });
  const of = { account: store.account().id };
  sessions.link({ method: "qr", phone: null }, 1);
  const { epoch } = store.account().session;
  const link = { kind: "link", method: "qr", qr: null, code: null, expires_at: null } as const;
  sessions.applyLink({ ...of, epoch, ...link, state: "linked", error: null, at: 2 }, 2);
  const self = { phone: "4915999", lid: null };
  const facts = { reason: null, self, upstream_code: null, at: 3 };
  sessions.applySession({ ...of, epoch, kind: "session", state: "connected", ...facts }, 3);
  expect(store.account()).toMatchObject({
    state: "connected",
    phone: "4915999",
    queue: { state: "paused", reason: "backlog_number" },
    link: { state: "linked" },
  });
});

/** A session on a host, which then says that it is over. */
function givenRunning() {
  const running = given();
  const { store, sessions } = running;
  const { id: account } = store.account();
  const run = (host: string) => {
    const { session } = store.account();
    store.setAccount({ session: { ...session, host, isHeard: true } });
  };
  const end = (reason: ReasonCode, until: number | null, now: number) => {
    const { epoch } = store.account().session;
    const facts = { self: null, upstream_code: null, until, at: now };
    const report = { kind: "session", account, epoch, state: "ended", reason, ...facts } as const;
    sessions.applySession(report, now);
  };
  run("one");
  return { ...running, run, end };
}

test("thrown out by a frozen host of ours that woke up, a session comes back; after that host's end it parks", () => {
  const { store, sessions, run, end } = givenRunning();
  sessions.lost("one", 1, "host_lost", 1_000);
  run("two");
  end("replaced", null, 2_000);
  expect(store.account()).toMatchObject({ state: "reconnecting", session: { isWanted: true } });
  run("two");
  sessions.confirmEnd("one", 1);
  end("replaced", null, 3_000);
  expect(store.account()).toMatchObject({
    state: "parked",
    reason: "replaced",
    session: { isWanted: false },
  });
});

test("somebody who takes over again and again is not a host of ours", () => {
  const { store, sessions, run, end } = givenRunning();
  sessions.lost("one", 1, "host_lost", 1_000);
  for (let times = 0; times < 5; times++) {
    run("two");
    end("replaced", null, 2_000 + times);
    expect(store.account().state).toBe("reconnecting");
  }
  run("two");
  end("replaced", null, 3_000);
  expect(store.account().state).toBe("parked");
});

test("a ban for a time ends by itself, and only then", () => {
  const { store, sessions, end } = givenRunning();
  end("temporarily_banned", 50_000, 10_000);
  expect(store.account()).toMatchObject({ state: "banned", session: { isWanted: false } });
  expect(sessions.resumeDeadline()).toBe(50_000);
  sessions.resume(49_999);
  expect(store.account().state).toBe("banned");
  sessions.resume(50_000);
  expect(store.account()).toMatchObject({ state: "reconnecting", session: { isWanted: true } });
  expect(sessions.resumeDeadline()).toBeNull();
});
