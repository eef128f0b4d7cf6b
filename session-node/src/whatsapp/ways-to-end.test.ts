import { reasons } from "@roost/contract/reasons";
import { DisconnectReason } from "@whiskeysockets/baileys";
import { expect, test } from "vitest";
import { ownWaysToEnd, wayOf, waysToEnd } from "./ways-to-end.ts";

const upstream = (code: number | null) => wayOf({ cause: "upstream", code });

test.each([
  [401, "never", "logged_out_by_phone"],
  [402, "never", "temporarily_banned"],
  [403, "never", "banned"],
  [405, "never", "client_outdated"],
  [408, "later", "connection_lost"],
  [428, "later", "connection_lost"],
  [429, "later", "connection_refused"],
  [440, "never", "replaced"],
  [500, "later", "connection_refused"],
  [503, "later", "connection_refused"],
  [515, "at_once", "restart_required"],
] as const)("code %i: again %s, because %s", (code, again, reason) => {
  expect(upstream(code)).toMatchObject({ again, reason });
});

test("every code that Baileys has a name for has a row", () => {
  const codes = Object.values(DisconnectReason).filter((value) => typeof value === "number");
  for (const code of codes) expect(waysToEnd).toHaveProperty(String(code));
});

test.each([null, 999, 418])("an unknown ending (%s) is tried again and says so", (code) => {
  expect(upstream(code)).toMatchObject({ again: "later", reason: "unknown" });
});

test("every row names a reason that has a sentence", () => {
  for (const way of [...Object.values(waysToEnd), ...Object.values(ownWaysToEnd), upstream(null)]) {
    expect(reasons[way.reason]).toBeTruthy();
    expect(reasons[way.whileLinking ?? way.reason]).toBeTruthy();
  }
});

test("what never comes back while linked does not silently go on while linking", () => {
  const final = Object.values(waysToEnd).filter(({ again }) => again === "never");
  expect(final.map(({ whileLinking }) => whileLinking)).not.toContain(null);
});
