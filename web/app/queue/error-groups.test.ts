import { expect, test } from "vitest";
import { errorGroups } from "./error-groups.ts";

const failed = (code: string, retryable: boolean) => ({
  error: { code, detail: `${code}.`, retryable },
});

test("failures are counted by their cause, the commonest first", () => {
  const messages = [
    failed("no_ack", true),
    failed("not_on_whatsapp", false),
    failed("no_ack", true),
    { error: null },
  ];
  expect(errorGroups(messages)).toEqual([
    { code: "no_ack", detail: "no_ack.", isRetryable: true, count: 2 },
    { code: "not_on_whatsapp", detail: "not_on_whatsapp.", isRetryable: false, count: 1 },
  ]);
});
