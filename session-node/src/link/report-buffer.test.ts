import type { Report } from "@roost/contract/host";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { ReportBuffer, type ReportFrame } from "./report-buffer.ts";

const account = "acc_00000000000000000000000000";

function report(at: number): Report {
  return {
    kind: "session",
    account,
    epoch: 1,
    state: "connected",
    reason: null,
    self: null,
    upstream_code: null,
    at,
  };
}

/** An edge that takes frames in order, refuses gaps, and remembers over reconnects what it took. */
function givenEdge() {
  let taken = 0;
  const seen: number[] = [];
  return {
    seen,
    taken: () => taken,
    receive(frame: ReportFrame): void {
      const { n, reports } = JSON.parse(frame.text) as { n: number; reports: { at: number }[] };
      expect(n).toBe(frame.n);
      if (n <= taken) return;
      expect(n).toBe(taken + 1);
      taken = n;
      seen.push(...reports.map(({ at }) => at));
    },
  };
}

type Step =
  | { kind: "report"; count: number }
  | { kind: "send" }
  | { kind: "lose_some"; keep: number }
  | { kind: "ack"; upTo: number }
  | { kind: "reconnect"; arrive: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("report" as const), count: fc.integer({ min: 1, max: 600 }) }),
  fc.record({ kind: fc.constant("send" as const) }),
  fc.record({ kind: fc.constant("lose_some" as const), keep: fc.nat(3) }),
  fc.record({ kind: fc.constant("ack" as const), upTo: fc.nat(20) }),
  fc.record({ kind: fc.constant("reconnect" as const), arrive: fc.nat(5) }),
);

test("whatever breaks off and whichever acks get lost, every report arrives once, in order", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const buffer = new ReportBuffer();
      const edge = givenEdge();
      let made = 0;
      let durable = 0;
      let isBroken = false;
      for (const one of steps) {
        if (one.kind === "report") {
          for (let i = 0; i < one.count; i++) {
            buffer.add(report(made++), () => {
              durable += 1;
            });
          }
        } else if (one.kind === "send" || one.kind === "lose_some") {
          // A connection that loses a frame loses all that follow, until it is made anew.
          const frames = isBroken ? [] : buffer.seal();
          const arriving = one.kind === "send" ? frames : frames.slice(0, one.keep);
          if (arriving.length < frames.length) isBroken = true;
          for (const frame of arriving) edge.receive(frame);
        } else if (one.kind === "ack") {
          buffer.acknowledge(Math.min(one.upTo, edge.taken()));
        } else {
          const frames = buffer.resume(edge.taken());
          for (const frame of frames.slice(0, one.arrive)) edge.receive(frame);
          isBroken = frames.length > one.arrive;
        }
        expect(durable).toBeLessThanOrEqual(edge.seen.length);
      }
      for (const frame of buffer.resume(edge.taken())) edge.receive(frame);
      buffer.acknowledge(edge.taken());
      expect(edge.seen).toEqual(Array.from({ length: made }, (_, index) => index));
      expect(durable).toBe(made);
      expect(buffer.bytes).toBe(0);
      expect(buffer.waiting).toBe(0);
    }),
    { numRuns: 200 },
  );
});

test("a report counts against the memory until the edge has it", () => {
  const buffer = new ReportBuffer();
  buffer.add(report(1));
  const { bytes } = buffer;
  expect(bytes).toBeGreaterThan(50);
  buffer.seal();
  expect(buffer.bytes).toBe(bytes);
  buffer.acknowledge(1);
  expect(buffer.bytes).toBe(0);
});

test("large reports do not share a frame", () => {
  const buffer = new ReportBuffer();
  const writes: [string, string][] = [["pre-key:1", "x".repeat(400_000)]];
  for (let i = 0; i < 3; i++) {
    buffer.add({ kind: "keys", account, epoch: 1, data_key: null, writes });
  }
  expect(buffer.seal()).toHaveLength(3);
});
