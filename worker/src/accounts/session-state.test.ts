import { SessionReport } from "@roost/contract/host";
import { type ReasonCode, reasons } from "@roost/contract/reasons";
import { expect, test } from "vitest";
import { afterSessionReport } from "./session-state.ts";

const account = { state: "connected", phone: "4915112345678", lid: "9", connectedAt: 1 } as const;

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

test("another number than before is logged out again", () => {
  const linking = { ...account, state: "connecting" } as const;
  const self = { phone: "4915187654321", lid: null };
  const step = afterSessionReport(linking, report({ state: "connected", self }));
  expect(step).toMatchObject({ next: "log_out", changes: { reason: "link_other_number" } });
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
