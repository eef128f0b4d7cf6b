import { CreateAccount, SetLimits, StartLink } from "@roost/contract/accounts";
import { SignUp } from "@roost/contract/auth";
import { id, numbered } from "@roost/contract/ids";
import { CreateKey } from "@roost/contract/keys";
import { Page } from "@roost/contract/lists";
import { SendMessage } from "@roost/contract/messages";
import { expect, test } from "vitest";
import { z } from "zod";
import { fieldErrors, sentenceOf } from "./field-errors.ts";

const text = { to: "+5511999990000", text: { body: "hello" } };
const time = "must be a time in RFC 3339, like 2026-11-20T11:22:18Z";
const limits = { per_minute: 1, per_hour: 1, per_day: 1 };
const typing = { ms_per_character: 0, max_ms: 0 };

test.each<[string, z.ZodType, unknown, [string, string][]]>([
  ["missing", CreateAccount, {}, [["name", "is needed"]]],
  ["missing below", SendMessage, { ...text, text: {} }, [["text.body", "is needed"]]],
  ["missing mail", SignUp.pick({ email: true }), {}, [["email", "is needed"]]],
  ["missing choice", z.object({ a: z.enum(["x", "y"]) }), {}, [["a", "is needed"]]],
  ["no text", CreateAccount, { name: 5 }, [["name", "must be a text"]]],
  ["null for a text", CreateAccount, { name: null }, [["name", "must be a text"]]],
  ["no number", z.object(Page), { limit: "many" }, [["limit", "must be a number"]]],
  ["no whole number", z.object(Page), { limit: "1.5" }, [["limit", "must be a whole number"]]],
  [
    "text for a number",
    SetLimits.pick({ per_day: true }),
    { per_day: "1" },
    [["per_day", "must be a number"]],
  ],
  ["no list", CreateKey, { name: "a", scopes: "all" }, [["scopes", "must be a list"]]],
  ["no object", SendMessage, { ...text, text: "hello" }, [["text", "must be an object"]]],
  ["no truth", z.object({ a: z.boolean() }), { a: 1 }, [["a", "must be true or false"]]],
  ["a list as body", CreateAccount, [], [["", "must be an object"]]],
  ["too small", z.object(Page), { limit: "0" }, [["limit", "must be at least 1"]]],
  ["too big", z.object(Page), { limit: "101" }, [["limit", "must be at most 100"]]],
  [
    "too long",
    z.object({ a: z.string().max(255) }),
    { a: "x".repeat(256) },
    [["a", "must have at most 255 characters"]],
  ],
  [
    "too short",
    z.object({ a: z.string().min(1) }),
    { a: "" },
    [["a", "must have at least 1 character"]],
  ],
  [
    "too few",
    CreateKey,
    { name: "a", scopes: ["keys:write"], accounts: [] },
    [["accounts", "must hold at least 1"]],
  ],
  ["not a time", SendMessage, { ...text, send_at: "soon" }, [["send_at", time]]],
  [
    "not a choice",
    SendMessage,
    { ...text, pace: "fast" },
    [["pace", "must be one of human, asap"]],
  ],
  [
    "not the only choice",
    CreateAccount,
    { name: "a", provider: "b" },
    [["provider", "must be whatsapp_web"]],
  ],
  [
    "another form",
    z.object({ a: z.string().regex(/^x$/) }),
    { a: "y" },
    [["a", "does not have the right form"]],
  ],
  ["no account id", z.object({ a: id("account") }), { a: "x" }, [["a", "must be an account id"]]],
  ["no event id", z.object({ a: numbered("event") }), { a: "x" }, [["a", "must be an event id"]]],
  ["no key id", z.object({ a: id("key") }), { a: "x" }, [["a", "must be a key id"]]],
  [
    "unknown fields, each by its name",
    SendMessage,
    { ...text, x: 1, text: { body: "a", y: 1, z: 1 } },
    [
      ["text.y", "is not a known field"],
      ["text.z", "is not a known field"],
      ["x", "is not a known field"],
    ],
  ],
  [
    "words of the contract",
    StartLink,
    { method: "code" },
    [["phone", "is needed when the method is code"]],
  ],
  [
    "another type's object",
    SendMessage,
    { ...text, image: {} },
    [["image", "belongs to a message of type image"]],
  ],
  [
    "words about an object",
    SetLimits,
    { ...limits, typing, gap_ms: { min: 2, max: 1 } },
    [["gap_ms", "min must not be above max"]],
  ],
  [
    "a place in a list",
    CreateKey,
    { name: "a", scopes: ["keys:write"], accounts: ["b"] },
    [["accounts.0", "must be an account id"]],
  ],
])("%s is told in plain words", (_, schema, value, expected) => {
  const { error } = schema.safeParse(value);
  const told = fieldErrors(error?.issues ?? []).map(({ path, message }) => [path, message]);
  expect(told).toEqual(expected);
});

test("one sentence says where to look first", () => {
  expect(sentenceOf([{ path: "name", message: "is needed" }])).toBe("`name`: is needed.");
  expect(sentenceOf([{ path: "", message: "must be an object" }])).toBe(
    "The body must be an object.",
  );
  expect(sentenceOf([])).toBe("The request is not valid.");
});
