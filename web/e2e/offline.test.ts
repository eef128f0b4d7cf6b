import type { Page } from "playwright-core";
import { expect, test, vi } from "vitest";
import { givenBrowser } from "./browser.ts";
import { givenConnected, phones, signUp, somebody } from "./people.ts";

const visit = givenBrowser();
const refusal = "Roost could not be reached. Nothing was sent; try again.";

test("without a network what was written stays, and the second press sends it exactly once", async () => {
  await using visitor = await visit();
  const { page } = visitor;
  const friend = somebody();
  await givenSender(page, friend.number);

  await page.getByLabel("To", { exact: true }).fill(`+${friend.number}`);
  await page.getByLabel("Message", { exact: true }).fill("from the tunnel");
  const key = await keyOf(page);
  await page.context().setOffline(true);
  await page.getByRole("button", { name: "Send", exact: true }).click();

  await page.getByRole("alert").getByText(refusal).waitFor();
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.getByRole("alert").getByText(refusal).waitFor();
  expect(await page.getByLabel("To", { exact: true }).inputValue()).toBe(`+${friend.number}`);
  expect(await page.getByLabel("Message", { exact: true }).inputValue()).toBe("from the tunnel");
  expect(await keyOf(page)).toBe(key);

  await page.context().setOffline(false);
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.getByText("Accepted. Its ticks are below.").waitFor();
  expect(await keyOf(page)).not.toBe(key);
  await arrived(friend.number, ["from the tunnel"]);
});

test("a message whose answer was lost is not doubled by the second press", async () => {
  await using visitor = await visit();
  const { page } = visitor;
  const friend = somebody();
  await givenSender(page, friend.number);
  await page.getByLabel("To", { exact: true }).fill(`+${friend.number}`);
  await page.getByLabel("Message", { exact: true }).fill("first");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.getByText("Accepted. Its ticks are below.").waitFor();
  await page.locator("[data-message]").getByRole("link").click();
  await page.waitForURL("**/chats/cht_*");

  await page.route("**/chats/*.data*", async (route) => {
    if (route.request().method() !== "POST") return route.continue();
    await route.fetch();
    return route.abort("connectionreset");
  });
  await page.getByRole("textbox", { name: "Message" }).fill("second");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").getByText("Roost could not be reached.").waitFor();
  expect(await page.getByRole("textbox", { name: "Message" }).inputValue()).toBe("second");

  await page.unroute("**/chats/*.data*");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await vi.waitFor(async () => {
    expect(await page.getByRole("textbox", { name: "Message" }).inputValue()).toBe("");
  });
  await page.getByRole("textbox", { name: "Message" }).fill("third");
  await page.keyboard.press("Enter");
  await arrived(friend.number, ["first", "second", "third"]);
});

test("a page that can not be fetched says so, and comes when it is asked for again", async () => {
  await using visitor = await visit();
  const { page } = visitor;
  await signUp(page, somebody().email);
  await page.getByRole("link", { name: "Settings", exact: true }).first().click();
  await page.getByRole("heading", { name: "Settings" }).waitFor();

  await page.context().setOffline(true);
  await page.getByRole("link", { name: "Accounts", exact: true }).first().click();
  await page.getByRole("heading", { name: "Roost could not be reached" }).waitFor();
  expect(await page.getByText("written down").count()).toBe(0);
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("heading", { name: "Roost could not be reached" }).waitFor();

  await page.context().setOffline(false);
  await page.getByRole("heading", { name: "No account yet" }).waitFor();
});

/** Somebody with a connected account, on its page, and a friend to write to. */
async function givenSender(page: Page, friend: string): Promise<void> {
  const { email, number } = somebody();
  await phones().post("/phones", { number: friend, name: "João" });
  await signUp(page, email);
  await givenConnected(page, "Support", number);
  await page.getByRole("heading", { name: "Send a message" }).waitFor();
}

function keyOf(page: Page): Promise<string> {
  return page.locator('input[name="idempotency_key"]').inputValue();
}

async function arrived(number: string, expected: string[]): Promise<void> {
  await vi.waitFor(
    async () => {
      const texts = (await phones().messages(number)).map(({ text }) => text);
      expect(texts).toEqual(expected);
    },
    { timeout: 20_000, interval: 100 },
  );
}
