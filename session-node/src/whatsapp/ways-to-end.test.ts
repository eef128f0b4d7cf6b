import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Ending as Way, endingOfCode, endings } from "@roost/contract/endings";
import { reasons } from "@roost/contract/reasons";
import { DisconnectReason } from "@whiskeysockets/baileys";
import { expect, test } from "vitest";
import { type Ending, wayOf } from "./ways-to-end.ts";

const upstream = (code: number | null): Ending => ({ cause: "upstream", code });

test("every code that Baileys has a name for has a row", () => {
  const codes = Object.values(DisconnectReason).filter((value) => typeof value === "number");
  for (const code of codes) expect(endingOfCode(code)).not.toBe(endings.unknown);
});

test("an ending of our own is found by its name, one of WhatsApp's by its code", () => {
  expect(wayOf({ cause: "deaf", code: null })).toBe(endings.deaf);
  expect(wayOf({ cause: "qr_ran_out", code: 408 })).toBe(endings.qr_ran_out);
  expect(wayOf(upstream(440))).toBe(endings.replaced);
  expect(wayOf(upstream(418))).toBe(endings.unknown);
});

const actions: Record<Way["again"], string> = {
  at_once: "connects again at once",
  later: "connects again with growing pauses",
  never: "ends",
  when_over: "ends, and starts again when the time is over",
  elsewhere: "runs elsewhere",
};

function rowOf(way: Way): string[] {
  const { codes, what, again, giveUpAfter, state, credentials, reason } = way;
  const givesUp = giveUpAfter === null ? "" : `, ${giveUpAfter} times, then parked`;
  const forgets = credentials === "forget" ? ", credentials thrown away" : "";
  return [
    codes.join(", ") || "-",
    what,
    `${actions[again]}${givesUp}${forgets}`,
    `\`${state}\``,
    `\`${reason}\``,
    reasons[reason],
  ];
}

test("the README shows the table as it is", () => {
  const readme = readFileSync(join(import.meta.dirname, "../../README.md"), "utf8");
  const [, section = ""] = readme.split("## Every way a connection can end");
  const shown = section
    .split("\n## ")[0]
    ?.split("\n")
    .filter((line) => line.startsWith("|"))
    .slice(2)
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  expect(shown).toEqual(Object.values<Way>(endings).map(rowOf));
});
