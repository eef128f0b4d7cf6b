import { expect, test } from "vitest";
import { existingAccountMail, passwordChangedMail, resetMail, verifyMail } from "./messages.ts";

const publicUrl = new URL("https://roost.example");
const token = "0123456789abcdefghjk";

test.each([
  [verifyMail(publicUrl, token), "https://roost.example/verify-email?token=0123456789abcdefghjk"],
  [resetMail(publicUrl, token), "https://roost.example/reset-password?token=0123456789abcdefghjk"],
  [existingAccountMail(publicUrl), "https://roost.example/login"],
  [passwordChangedMail(publicUrl), "https://roost.example/login"],
])("$kind has its link in the text and as a button", ({ text, html }, link) => {
  expect(text).toContain(`\n${link}\n`);
  expect(html).toContain(`<a href="${link}"`);
});

test("a mail that proves nothing about its reader carries no token", () => {
  expect(existingAccountMail(publicUrl).text).not.toContain("token");
  expect(passwordChangedMail(publicUrl).text).not.toContain("token");
});
