import type { Page } from "playwright-core";
import { expect, test, vi } from "vitest";
import { givenBrowser } from "./browser.ts";
import { createAccount, givenConnected, phones, signUp, somebody } from "./people.ts";

const visit = givenBrowser();

test("a message is written and sent with the keyboard alone", async () => {
  await using visitor = await visit();
  const { page } = visitor;
  const { email, number } = somebody();
  const friend = somebody();
  await phones().post("/phones", { number: friend.number, name: "João" });
  await signUp(page, email);
  const account = await givenConnected(page, "Support", number);
  await page.goto(`/accounts/${account}`);

  await page.keyboard.press("Tab");
  expect(await focused(page)).toBe("Skip to the content");
  await page.keyboard.press("Enter");
  await tabTo(page, "To");
  await page.keyboard.type(`+${friend.number}`);
  await tabTo(page, "Message");
  await page.keyboard.type("by keyboard");
  await tabTo(page, "Send");
  await page.keyboard.press("Enter");

  await page.getByText("Accepted. Its ticks are below.").waitFor();
  // What comes next is most likely another message.
  await vi.waitFor(async () => expect(await focused(page)).toBe("Message"));
  await vi.waitFor(
    async () => {
      const texts = (await phones().messages(friend.number)).map(({ text }) => text);
      expect(texts).toEqual(["by keyboard"]);
    },
    { timeout: 20_000, interval: 100 },
  );
});

test("a question is asked, left with Escape, and gives the focus back", async () => {
  await using visitor = await visit();
  const { page } = visitor;
  await signUp(page, somebody().email);
  await page.getByLabel("Name", { exact: true }).fill("Support");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/accounts/acc_*");
  await page.getByRole("link", { name: "Settings", exact: true }).last().waitFor();
  await page.goto(`${page.url()}/settings`);

  await tabTo(page, "Delete account");
  await page.keyboard.press("Enter");
  await page.getByRole("alertdialog").waitFor();
  expect(await focused(page)).toBe("Cancel");
  await page.keyboard.press("Escape");
  await page.getByRole("alertdialog").waitFor({ state: "hidden" });
  await vi.waitFor(async () => expect(await focused(page)).toBe("Delete account"));
});

test("a queue is paused, counted and cleared with the keyboard alone", async () => {
  await using visitor = await visit();
  const { page } = visitor;
  await signUp(page, somebody().email);
  const account = await createAccount(page, "Support");
  await page.goto(`/accounts/${account}/queue`);
  await tabTo(page, "Pause");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Resume" }).waitFor();
  await tabTo(page, "Count what matches");
  await page.keyboard.press("Enter");
  await page.getByText("Nothing that waits matches.").waitFor();
  // The button says that it counts until the page around it is fresh, too.
  await vi.waitFor(async () => expect(await focused(page)).toBe("Count what matches"));
});

/** Presses Tab until the focus is on what bears this name. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press("Tab");
    if ((await focused(page)) === name) return;
  }
  throw new Error(`Tab does not lead to "${name}".`);
}

/** The name of what has the focus: its label or its words. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement) {
      return element.labels?.[0]?.textContent?.trim() ?? "";
    }
    return element?.textContent?.trim() ?? "";
  });
}
