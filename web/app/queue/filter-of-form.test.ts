import { MessageFilter } from "@roost/contract/queue";
import { expect, test } from "vitest";
import { filterOf } from "./filter-of-form.server.ts";

const now = Date.parse("2026-11-20T12:00:00.000Z");

function given(fields: Record<string, string>): MessageFilter {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  return filterOf(form, now);
}

test("an empty form is an empty filter, which the API refuses", () => {
  const filter = given({ lane: "", state: "", to: " ", client_reference: "", older_than: "" });
  expect(filter).toEqual({});
  expect(MessageFilter.safeParse(filter).success).toBe(false);
});

test("what is filled in narrows the filter, in the API's words", () => {
  const filter = given({
    lane: "campaign",
    state: "accepted,scheduled",
    to: "+55 11 98765-4321",
    older_than: "24",
  });
  expect(filter).toEqual({
    lane: "campaign",
    state: ["accepted", "scheduled"],
    to: "+5511987654321",
    created_until: "2026-11-19T12:00:00.000Z",
  });
  expect(MessageFilter.safeParse(filter).success).toBe(true);
});

test.each([{ lane: "all" }, { state: "accepted,nonsense" }, { older_than: "soon" }, { ids: "x" }])(
  "%o is refused, not taken for more messages than were meant",
  (wrong) => {
    const filter = given({ to: "+5511987654321", ...wrong });
    expect(MessageFilter.safeParse(filter).success).toBe(false);
  },
);
