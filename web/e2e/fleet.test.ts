import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { givenBrowser } from "./browser.ts";
import { givenConnected, logInAsAdmin, phones, signUp, somebody } from "./people.ts";

const visit = givenBrowser();

test("an admin empties a host, watches its accounts leave, and takes it back", async () => {
  await using tenant = await visit();
  const { email, number } = somebody();
  await signUp(tenant.page, email);
  const account = await givenConnected(tenant.page, "Support", number);

  await using admin = await visit();
  const { page, complaints } = admin;
  await logInAsAdmin(page);
  await page.getByRole("link", { name: "Fleet" }).first().click();
  await page.getByRole("heading", { name: "Fleet" }).waitFor();
  const host = await hostOf(page, account);

  await page.getByRole("link", { name: "Drain this host" }).click();
  await page.getByRole("alertdialog").waitFor();
  await page.getByRole("button", { name: "Drain", exact: true }).click();
  await page.getByText("Empty. It can be updated or ended now.").waitFor();
  await page.getByText("No accounts here").waitFor();
  const next = await hostOf(page, account);
  expect(next).not.toBe(host);
  // It moved, and it works where it is.
  await tenant.page.goto(`/accounts/${account}`);
  await tenant.page.getByText("Connected", { exact: true }).waitFor();
  expect(await phones().messages(number)).toEqual([]);

  await page.goto(`/admin/fleet/${host}`);
  await page.getByRole("button", { name: "Take it back into service" }).click();
  await page.getByRole("link", { name: "Drain this host" }).waitFor();
  expect(complaints).toEqual([]);
});

test("for everybody else there is no fleet", async () => {
  await using visitor = await visit();
  const { page } = visitor;
  await signUp(page, somebody().email);
  expect(await page.getByRole("link", { name: "Fleet" }).count()).toBe(0);
  for (const path of ["/admin/fleet", "/admin/fleet/local-1", "/admin/fleet/nowhere"]) {
    const answer = await page.goto(path);
    expect(answer?.status()).toBe(404);
    await page.getByRole("heading", { name: "There is nothing here" }).waitFor();
  }
});

/** Looks through the hosts for the one that the account is on. Ends on its page. */
async function hostOf(page: Page, account: string): Promise<string> {
  await page.goto("/admin/fleet");
  const names = await page.getByRole("list", { name: "Hosts" }).getByRole("link").allInnerTexts();
  expect(names).toHaveLength(2);
  for (const name of names) {
    await page.goto(`/admin/fleet/${name}`);
    await page.getByRole("heading", { name }).waitFor();
    if ((await page.getByText(account).count()) > 0) return name;
  }
  throw new Error(`${account} is on no host.`);
}
