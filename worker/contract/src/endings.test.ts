import { expect, test } from "vitest";
import { type Ending, endingOfCode, endingOfReason, endings } from "./endings.ts";
import { reasons } from "./reasons.ts";

const rows = Object.entries<Ending>(endings);
const isFinal = ({ again }: Ending) => again === "never" || again === "when_over";

test.each(rows)("%s has sentences, and an action that fits its state", (_name, row) => {
  expect(reasons[row.reason]).toBeTruthy();
  expect(reasons[row.whileLinking ?? row.reason]).toBeTruthy();
  expect(row.state === "reconnecting").toBe(!isFinal(row));
  expect(row.waitMs !== null).toBe(row.again === "when_over");
});

test("what ends a session ends linking as well", () => {
  const final = rows.filter(([, row]) => isFinal(row));
  expect(final.map(([, { whileLinking }]) => whileLinking)).not.toContain(null);
});

test("a code stands in one row, and any other is unknown", () => {
  const codes = rows.flatMap(([, row]) => row.codes);
  expect(new Set(codes).size).toBe(codes.length);
  for (const code of [null, 999, 418]) expect(endingOfCode(code)).toBe(endings.unknown);
});

test.each([401, 402, 403, 405, 406, 408, 409, 411, 428, 440, 500, 503, 515])(
  "%i has a row of its own",
  (code) => expect(endingOfCode(code)).not.toBe(endings.unknown),
);

test("rows that share a reason lead to the same, so the edge can tell by the reason", () => {
  for (const [, row] of rows) {
    const { state, credentials } = endingOfReason(row.reason);
    expect({ state, credentials }).toEqual({ state: row.state, credentials: row.credentials });
    expect(isFinal(endingOfReason(row.reason))).toBe(isFinal(row));
  }
});

test.each(rows.filter(([, { again }]) => again === "never"))(
  "%s, which only a person ends, says what to do",
  (_name, { reason }) => {
    expect(reasons[reason]).toMatch(/[Rr]estart|[Ll]ink|[Aa]sk|[Ss]tart|later/);
  },
);
