import { randomInt } from "node:crypto";
import { LinkAttempt } from "@roost/contract/accounts";
import { Message } from "@roost/contract/messages";
import type { Page } from "playwright-core";
import { inject, vi } from "vitest";
import { z } from "zod";
import { Phones } from "../../worker/test/phones.ts";

const Mails = z.array(z.object({ subject: z.string(), links: z.array(z.string()) }));

const PASSWORD = "four words in a row";

/** An address and a number that nobody else has. */
export function somebody(): { email: string; number: string } {
  const digits = String(randomInt(1_000_000)).padStart(6, "0");
  return { email: `ana.${digits}@example.com`, number: `551199${digits}0` };
}

/** The first link of the newest mail to an address that leads to `path`. */
export async function linkFromMail(email: string, path: string): Promise<string> {
  return vi.waitFor(
    async () => {
      const url = `${inject("urls").mail}/mails?to=${encodeURIComponent(email)}`;
      const response = await fetch(url, { headers: { accept: "application/json" } });
      const links = Mails.parse(await response.json()).flatMap((mail) => mail.links);
      const link = links.find((candidate) => new URL(candidate).pathname === path);
      if (link === undefined) throw new Error(`No mail with a link to ${path} has come yet.`);
      return link;
    },
    { timeout: 15_000, interval: 100 },
  );
}

/** Fills the sign-up form, reads the mail and confirms: the person ends on the empty accounts page. */
export async function signUp(page: Page, email: string): Promise<void> {
  await page.goto("/sign-up");
  await page.getByLabel("Organisation").fill("Souza Flowers");
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign up" }).click();
  await page.waitForURL("**/check-mail");
  await page.goto(await linkFromMail(email, "/verify-email"));
  await page.getByRole("button", { name: "Confirm and go on" }).click();
  await page.waitForURL("**/accounts");
}

/** Creates an account in the page; answers its id. */
export async function createAccount(page: Page, name: string): Promise<string> {
  await page.goto("/accounts");
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.waitForURL("**/accounts/acc_*");
  return new URL(page.url()).pathname.split("/").at(-1) ?? "";
}

export function phones(): Phones {
  return new Phones(inject("urls").sandbox);
}

/** The text in the QR code that the page shows, asked for with the page's own session. */
export async function qrText(page: Page, account: string): Promise<string> {
  return vi.waitFor(
    async () => {
      const url = `${inject("urls").web}/v1/accounts/${account}/link`;
      const response = await page.context().request.get(url);
      const { qr, state } = LinkAttempt.parse(await response.json());
      if (qr === null) throw new Error(`There is no QR code yet: ${state}`);
      return qr;
    },
    { timeout: 20_000, interval: 100 },
  );
}

/** Logs in as somebody who runs the deployment. */
export async function logInAsAdmin(page: Page): Promise<void> {
  const { email, password } = inject("admin");
  await page.goto("/login");
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.waitForURL("**/accounts");
}

/** Sends a text by the API, as the person whose page it is; answers the message's id. */
export async function sendText(page: Page, account: string, to: string, body: string) {
  const { web } = inject("urls");
  const response = await page.context().request.post(`${web}/v1/messages`, {
    // As the page's own requests: a session alone is not enough for a change.
    headers: { origin: web },
    data: { account, to: `+${to}`, text: { body } },
  });
  if (!response.ok()) throw new Error(`${response.status()} ${await response.text()}`);
  return Message.parse(await response.json()).id;
}

/** The stream is open: what appears from now on was told by it. */
export async function live(page: Page): Promise<void> {
  await page.locator('[data-live="true"]').waitFor({ state: "attached" });
}

/** Marks the document, which a reload would throw away. */
export async function stamp(page: Page): Promise<void> {
  await page.evaluate(() => document.body.setAttribute("data-stamp", "here"));
}

export async function isStamped(page: Page): Promise<boolean> {
  return (await page.locator("body[data-stamp]").count()) === 1;
}

/** An account that is linked to a phone of that number and connected; the page shows it. */
export async function givenConnected(page: Page, name: string, number: string): Promise<string> {
  const account = await createAccount(page, name);
  await phones().post("/phones", { number, name });
  await page.getByRole("button", { name: "Show the QR code" }).click();
  await phones().post(`/phones/${number}/scan`, { qr: await qrText(page, account) });
  await page.getByText("Connected", { exact: true }).waitFor();
  return account;
}
