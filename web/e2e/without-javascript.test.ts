import { expect, test, vi } from "vitest";
import { givenBrowser } from "./browser.ts";
import { createAccount, linkFromMail, phones, qrText, signUp, somebody } from "./people.ts";

const visit = givenBrowser();
const withoutJavaScript = { javaScriptEnabled: false };

test("sign-up, log-out, login and a new password need no JavaScript", async () => {
  await using visitor = await visit(withoutJavaScript);
  const { page } = visitor;
  const { email } = somebody();
  await signUp(page, email);
  await page.getByRole("button", { name: "Log out" }).first().click();
  await page.waitForURL("**/login");

  await page.getByRole("link", { name: "Forgot your password?" }).click();
  await page.getByLabel("Email").fill(email);
  await page.getByRole("button", { name: "Send the link" }).click();
  await page.getByText("is on its way").waitFor();
  await page.goto(await linkFromMail(email, "/reset-password"));
  await page.getByLabel("New password").fill("five other words in a row");
  await page.getByRole("button", { name: "Save the password" }).click();
  await page.waitForURL("**/login?reset");

  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill("five other words in a row");
  await page.getByRole("button", { name: "Log in" }).click();
  await page.waitForURL("**/accounts");
  expect(await page.getByRole("heading", { name: "No account yet" }).isVisible()).toBe(true);
});

test("a phone is linked and a message sent without JavaScript", async () => {
  await using visitor = await visit(withoutJavaScript);
  const { page } = visitor;
  const { email, number } = somebody();
  const friend = somebody();
  await phones().post("/phones", { number, name: "Souza Flowers" });
  await phones().post("/phones", { number: friend.number, name: "João" });
  await signUp(page, email);
  const account = await createAccount(page, "Support");
  await page.getByRole("button", { name: "Show the QR code" }).click();
  const qr = await qrText(page, account);
  await page.getByRole("link", { name: "Refresh: show the present code" }).click();
  await page.getByRole("img", { name: /QR code/ }).waitFor();
  await phones().post(`/phones/${number}/scan`, { qr });
  await vi.waitFor(
    async () => {
      await page.goto(`/accounts/${account}`);
      expect(await page.getByText("Connected", { exact: true }).isVisible()).toBe(true);
    },
    { timeout: 20_000, interval: 200 },
  );

  await page.getByLabel("To", { exact: true }).fill("not a number");
  await page.getByLabel("Message", { exact: true }).fill("two\nlines");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.getByRole("alert").waitFor();
  expect(await page.getByLabel("Message", { exact: true }).inputValue()).toBe("two\nlines");

  await page.getByLabel("To", { exact: true }).fill(`+${friend.number}`);
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.getByText("Accepted. Its ticks are below.").waitFor();
  await vi.waitFor(
    async () => {
      const texts = (await phones().messages(friend.number)).map(({ text }) => text);
      expect(texts).toEqual(["two\nlines"]);
    },
    { timeout: 20_000, interval: 100 },
  );

  await page.goto(`/accounts/${account}/settings`);
  await page.getByRole("link", { name: "Delete account" }).click();
  await page.getByRole("link", { name: "Cancel" }).click();
  await page.getByRole("link", { name: "Delete account" }).click();
  await page.getByRole("button", { name: "Delete for good" }).click();
  await page.waitForURL("**/accounts");
  await page.getByText("No account yet").waitFor();
});
