import { Report } from "@roost/contract/host";
import * as fc from "fast-check";
import { expect, test, vi } from "vitest";
import { ReportLanes } from "./report-lanes.ts";

const accountOf = (n: number) => `acc_${String(n).padStart(26, "0")}` as const;

function report(account: number, mark: number, kind: "session" | "receipt" = "session"): Report {
  const of = { account: accountOf(account), epoch: 1, at: mark };
  const body =
    kind === "session"
      ? { kind, state: "connected", reason: null, self: null, upstream_code: null }
      : { kind, wa_ids: [], type: "read", peer: { phone: "1", lid: null } };
  return Report.parse({ ...body, ...of });
}

const markOf = (one: Report): number => ("at" in one ? one.at : 0);

test("accounts get their reports in order, and a frame is acknowledged only when all are durable", async () => {
  const frames = fc.array(
    fc.array(fc.tuple(fc.nat(2), fc.constantFrom("session" as const, "receipt" as const)), {
      maxLength: 5,
    }),
    { maxLength: 12 },
  );
  const failures = fc.infiniteStream(fc.integer({ min: 0, max: 5 }).map((n) => n === 0));
  await fc.assert(
    fc.asyncProperty(frames, failures, async (some, fails) => {
      const durable = new Map<string, number[]>();
      let acked = 0;
      let mark = 0;
      const marks: number[][] = [];
      const isDurable = (n: number): boolean =>
        (marks[n - 1] ?? []).every((m) => [...durable.values()].some((all) => all.includes(m)));
      const lanes = new ReportLanes({
        connect: (account) => async (reports) => {
          await Promise.resolve();
          if (fails.next().value) throw new Error("the object was reset");
          durable.set(account, [...(durable.get(account) ?? []), ...reports.map(markOf)]);
        },
        acknowledge: (n) => {
          for (let i = acked + 1; i <= n; i++) expect(isDurable(i)).toBe(true);
          acked = n;
        },
        onFailure: () => {},
        wait: () => Promise.resolve(),
      });
      for (const [i, reports] of some.entries()) {
        const full = reports.map(([account, kind]) => report(account, ++mark, kind));
        marks.push(full.map(markOf));
        lanes.push(i + 1, full);
      }
      for (let turns = 0; acked < some.length && turns < 500; turns++) await Promise.resolve();
      expect(acked).toBe(some.length);
      for (const all of durable.values()) {
        // Repeats are allowed; what counts is that the last word of each is in order.
        const last = all.filter((m, i) => !all.slice(i + 1).includes(m));
        expect(last).toEqual([...last].sort((a, b) => a - b));
      }
    }),
    { numRuns: 150 },
  );
});

test("a session's news does not wait behind a receipt that takes its time", async () => {
  const delivered: number[] = [];
  let release: () => void = () => {};
  const lanes = new ReportLanes({
    connect: () => async (reports) => {
      delivered.push(...reports.map(markOf));
      if (reports[0]?.kind === "receipt") await new Promise<void>((resolve) => (release = resolve));
    },
    acknowledge: () => {},
    onFailure: () => {},
    wait: () => Promise.resolve(),
  });
  lanes.push(1, [report(1, 1, "receipt")]);
  await vi.waitFor(() => expect(delivered).toEqual([1]));
  lanes.push(2, [report(1, 2)]);
  expect(delivered).toEqual([1, 2]);
  release();
});

test("an account is spoken to on one line; after a failure on a new one, once the old is quiet", async () => {
  const calls: { line: number; marks: number[]; end: (error?: Error) => void }[] = [];
  let lines = 0;
  const lanes = new ReportLanes({
    connect: () => {
      const line = ++lines;
      return (reports) =>
        new Promise((resolve, reject) => {
          const end = (error?: Error) => (error === undefined ? resolve() : reject(error));
          calls.push({ line, marks: reports.map(markOf), end });
        });
    },
    acknowledge: () => {},
    onFailure: () => {},
    wait: () => Promise.resolve(),
  });
  const calledTimes = (n: number) => vi.waitFor(() => expect(calls).toHaveLength(n));
  lanes.push(1, [report(1, 1, "receipt")]);
  await calledTimes(1);
  lanes.push(2, [report(1, 2, "receipt")]);
  await calledTimes(2);
  expect(calls.map(({ line }) => line)).toEqual([1, 1]);

  calls[0]?.end(new Error("the object was reset"));
  await new Promise((resolve) => setImmediate(resolve));
  expect(calls).toHaveLength(2);
  calls[1]?.end();
  await calledTimes(3);
  expect(calls[2]).toMatchObject({ line: 2, marks: [1, 2] });
});
