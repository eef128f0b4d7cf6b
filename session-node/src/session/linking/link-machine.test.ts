import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  afterLinkEvent,
  deadlineOf,
  isOver,
  type Link,
  type LinkEvent,
  newLink,
} from "./link-machine.ts";

const events: LinkEvent[] = [
  { kind: "offered", qr: "qr 1", until: 60 },
  { kind: "offered", qr: "qr 2", until: 80 },
  { kind: "code", code: "ABCD1234", until: 180 },
  { kind: "code_not_asked" },
  { kind: "paired", confirmBy: 240 },
  { kind: "opened" },
  { kind: "ended", state: "expired", error: "link_expired" },
  { kind: "ended", state: "failed", error: "link_refused" },
];

function play(method: Link["method"], played: readonly LinkEvent[]): Link {
  return played.reduce((link, event) => afterLinkEvent(link, event).link, newLink(method));
}

/** Every state that can be reached, by trying every event in each. */
function reachable(method: Link["method"]): Link[] {
  const found = new Map<string, Link>();
  const open = [newLink(method)];
  for (let link = open.pop(); link !== undefined; link = open.pop()) {
    const key = JSON.stringify(link);
    if (found.has(key)) continue;
    found.set(key, link);
    for (const event of events) open.push(afterLinkEvent(link, event).link);
  }
  return [...found.values()];
}

test.each(["qr", "code"] as const)("by %s, no state that can be reached is odd", (method) => {
  const states = reachable(method);
  for (const link of states) {
    expect(link.qr === null || link.code === null).toBe(true);
    expect(link.qr !== null).toBe(link.state === "waiting_for_scan");
    expect(link.code !== null).toBe(link.state === "waiting_for_code");
    expect(link.expiresAt !== null).toBe(link.qr !== null || link.code !== null);
    expect(link.confirmBy !== null).toBe(link.state === "linking");
    expect(link.error !== null).toBe(link.state === "expired" || link.state === "failed");
    expect(isOver(link) && deadlineOf(link) !== null).toBe(false);
  }
  const names = new Set(states.map(({ state }) => state));
  expect(names.has("waiting_for_scan")).toBe(method === "qr");
  expect(names.has("waiting_for_code")).toBe(method === "code");
  for (const state of ["starting", "linking", "linked", "expired", "failed"] as const) {
    expect(names).toContain(state);
  }
});

test.each(["qr", "code"] as const)("by %s, an attempt that is over stays as it is", (method) => {
  for (const link of reachable(method).filter(isOver)) {
    for (const event of events) expect(afterLinkEvent(link, event)).toEqual({ link, effect: null });
  }
});

test.each(["qr", "code"] as const)("by %s, every state but the last can fail", (method) => {
  for (const link of reachable(method).filter((link) => !isOver(link))) {
    const { link: next } = afterLinkEvent(link, {
      kind: "ended",
      state: "failed",
      error: "unknown",
    });
    expect(next).toMatchObject({ state: "failed", error: "unknown", qr: null, code: null });
  }
});

test("however it goes, linked comes only after a phone has accepted us", () => {
  const played = fc.array(fc.constantFrom(...events), { maxLength: 12 });
  fc.assert(
    fc.property(fc.constantFrom("qr" as const, "code" as const), played, (method, given) => {
      const isLinked = play(method, given).state === "linked";
      const isPaired = given.some(({ kind }) => kind === "paired");
      expect(isLinked && !isPaired).toBe(false);
    }),
  );
});

test("a code is asked for once, unless the question never left", () => {
  const played = fc.array(fc.constantFrom(...events), { maxLength: 12 });
  fc.assert(
    fc.property(played, (given) => {
      let link = newLink("code");
      for (const event of given) {
        const next = afterLinkEvent(link, event);
        expect(next.effect === "ask_for_code" && link.hasAskedForCode).toBe(false);
        link = next.link;
      }
    }),
  );
});

test("a QR is renewed, a code is not", () => {
  const [first, second, code] = events as [LinkEvent, LinkEvent, LinkEvent];
  expect(play("qr", [first, second])).toMatchObject({ qr: "qr 2", expiresAt: 80 });
  const shown = play("code", [first, code]);
  expect(shown).toMatchObject({ code: "ABCD1234", expiresAt: 180 });
  expect(afterLinkEvent(shown, second)).toEqual({ link: shown, effect: null });
  expect(afterLinkEvent(shown, { kind: "code", code: "OTHER123", until: 999 }).link).toBe(shown);
});

test("a code that is not typed, and a phone that does not finish, have their time", () => {
  const [first, , code] = events as [LinkEvent, LinkEvent, LinkEvent];
  expect(deadlineOf(play("code", [first, code]))).toEqual({ at: 180, way: "code_not_typed" });
  const paired: LinkEvent = { kind: "paired", confirmBy: 240 };
  for (const method of ["qr", "code"] as const) {
    expect(deadlineOf(play(method, [first, paired]))).toEqual({ at: 240, way: "not_confirmed" });
  }
  expect(deadlineOf(play("qr", [first]))).toBeNull();
});
