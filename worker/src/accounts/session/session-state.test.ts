import { SessionReport } from "@roost/contract/host";
import { type ReasonCode, reasons } from "@roost/contract/reasons";
import { expect, test } from "vitest";
import { endings } from "@roost/contract/endings";
import { afterSessionReport as after } from "./session-state.ts";

type Given = Parameters<typeof after>[0];
const account: Given = {
  state: "connected",
  phone: "4915112345678",
  lid: "9",
  connectedAt: 1,
  queue: { state: "active", reason: null },
  session: { epoch: 7, host: "one", isWanted: true, isHeard: true },
  hasBacklog: false,
};
const afterSessionReport = (given: Given, told: SessionReport) => after(given, told, 1_000);

function report(facts: Partial<SessionReport>): SessionReport {
  return SessionReport.parse({
    kind: "session",
    account: `acc_${"0".repeat(26)}`,
    epoch: 1,
    state: "ended",
    reason: null,
    self: null,
    upstream_code: null,
    at: 5,
    ...facts,
  });
}

test.each(Object.keys(reasons) as ReasonCode[])("an end by %s leads to a state", (reason) => {
  const step = afterSessionReport(account, report({ reason }));
  expect(step.changes.reason).toBe(reason);
  expect(["reconnecting", "logged_out", "banned", "parked", "unlinked"]).toContain(
    step.changes.state,
  );
});

test("a session that a host gives back runs again elsewhere", () => {
  const step = afterSessionReport(account, report({ reason: "host_lost" }));
  expect(step).toMatchObject({ next: "restart", event: "account.disconnected" });
});

test.each(["host_full", "host_draining", "host_moved"] as const)(
  "a start that a host cannot take (%s) is tried elsewhere, also in the middle of linking",
  (reason) => {
    const step = afterSessionReport({ ...account, state: "linking" }, report({ reason }));
    expect(step).toEqual({ changes: {}, event: null, next: "restart" });
  },
);

test("a device removed on the phone is logged out, and its credentials are of no more use", () => {
  const step = afterSessionReport(account, report({ reason: "logged_out_by_phone" }));
  expect(step).toMatchObject({ next: "forget", event: "account.logged_out" });
});

const linkedAs = (given: Partial<Given>, self: { phone: string; lid: string | null }) =>
  afterSessionReport(
    { ...account, state: "connecting", ...given },
    report({ state: "connected", self }),
  );

test("with another number than before nothing is sent until a person decides", () => {
  const held = { queue: { state: "paused", reason: "backlog_number" } };
  const other = { phone: "4915187654321", lid: "10" };
  expect(linkedAs({}, other)).toMatchObject({
    next: "keep",
    changes: { state: "connected", ...held },
  });
  const draining = linkedAs({ queue: { state: "draining", reason: null } }, other);
  expect(draining.changes.queue).toEqual({ state: "frozen", reason: "backlog_number" });
  // A person who froze the queue looks at it anyway.
  expect(
    linkedAs({ queue: { state: "frozen", reason: null } }, other).changes.queue,
  ).toBeUndefined();
  expect(linkedAs({}, { phone: "4915112345678", lid: "9" }).changes.queue).toBeUndefined();
});

test("the same person with a new number goes on", () => {
  const step = linkedAs({}, { phone: "4915187654321", lid: "9" });
  expect(step.changes).toMatchObject({ phone: "4915187654321" });
  expect(step.changes.queue).toBeUndefined();
});

test("after a reset another number is meant, so only what waits is held", () => {
  const reset = { phone: null, lid: null, formerPhone: "4915112345678" };
  const other = { phone: "4915187654321", lid: "10" };
  expect(linkedAs(reset, other).changes.queue).toBeUndefined();
  expect(linkedAs({ ...reset, hasBacklog: true }, other).changes).toMatchObject({
    queue: { reason: "backlog_number" },
    formerPhone: null,
  });
});

test("a ban for a time says until when, and goes by what WhatsApp says", () => {
  const told = report({ reason: "temporarily_banned", until: 9_000 });
  expect(afterSessionReport(account, told)).toMatchObject({
    next: "stop",
    event: "account.restricted",
    changes: { state: "banned", resumeAt: 9_000 },
  });
  const { waitMs } = endings.temporarily_banned;
  const untold = afterSessionReport(account, report({ reason: "temporarily_banned" }));
  expect(untold.changes.resumeAt).toBe(1_000 + (waitMs ?? 0));
});

test("a takeover by a host of ours that woke up is answered, by anybody else it is not", () => {
  const replaced = report({ reason: "replaced" });
  expect(afterSessionReport(account, replaced)).toMatchObject({
    next: "stop",
    event: "account.disconnected",
    changes: { state: "parked", reason: "replaced" },
  });
  const unended = { host: "two", epoch: 6, leftAt: 900, comebacks: 0 };
  const session = { ...account.session, unended };
  expect(afterSessionReport({ ...account, session }, replaced)).toMatchObject({
    next: "restart",
    changes: { state: "reconnecting", reason: "host_lost" },
    rival: { ...unended, comebacks: 1 },
  });
});

test("a restriction and its end are told, repeats are not", () => {
  const restricted = afterSessionReport(
    account,
    report({ state: "connected", reason: "restricted" }),
  );
  expect(restricted).toMatchObject({
    changes: { state: "restricted" },
    event: "account.restricted",
  });
  const again = afterSessionReport(
    { ...account, state: "restricted" },
    report({ state: "connected", reason: "restricted" }),
  );
  expect(again.event).toBeNull();
  const over = afterSessionReport(
    { ...account, state: "restricted" },
    report({ state: "connected" }),
  );
  expect(over).toMatchObject({ changes: { state: "connected" }, event: "account.connected" });
});

test("connections that come and go while linking stay part of linking", () => {
  const linking = { ...account, state: "linking", phone: null } as const;
  expect(afterSessionReport(linking, report({ state: "connecting" })).changes).toEqual({});
  expect(afterSessionReport(linking, report({ state: "reconnecting" })).changes).toEqual({});
});
