import type { Page } from "playwright-core";
import { expect, test, vi } from "vitest";
import { givenBrowser } from "./browser.ts";
import {
  createAccount,
  givenConnected,
  isStamped,
  live,
  phones,
  sendText,
  signUp,
  somebody,
  stamp,
} from "./people.ts";

const visit = givenBrowser();
const withoutJavaScript = { javaScriptEnabled: false };

test("a queue is paused, what waits is seen live, one is cleared and the rest goes out", async () => {
  await using visitor = await visit();
  const { page, complaints } = visitor;
  const { email, number } = somebody();
  const [friend, stranger] = [somebody(), somebody()];
  await phones().post("/phones", { number: friend.number, name: "João" });
  await phones().post("/phones", { number: stranger.number, name: "Somebody" });
  await signUp(page, email);
  const account = await givenConnected(page, "Support", number);

  await page.getByRole("link", { name: "Queue" }).click();
  await page.getByText("Nothing waits").waitFor();
  await page.getByRole("button", { name: "Pause" }).click();
  await stateIs(page, "Paused");
  await stamp(page);
  await live(page);
  await sendText(page, account, friend.number, "first");
  await sendText(page, account, stranger.number, "by mistake");
  const row = (text: string) => page.locator("[data-message]", { hasText: text });
  await row("first").waitFor();
  await row("by mistake").waitFor();
  await page.getByText("The queue was paused or frozen.").first().waitFor();

  await page.getByLabel("To", { exact: true }).fill(`+${stranger.number}`);
  await page.getByRole("button", { name: "Count what matches" }).click();
  await page.getByRole("alertdialog", { name: "Cancel 1 message?" }).waitFor();
  await page.getByRole("button", { name: "Keep it" }).click();
  await page.getByRole("alertdialog").waitFor({ state: "hidden" });
  expect(await row("by mistake").count()).toBe(1);
  await page.getByRole("button", { name: "Count what matches" }).click();
  await page.getByRole("button", { name: "Cancel it for good" }).click();
  await page.getByText("1 message cancelled.").waitFor();
  await row("by mistake").waitFor({ state: "detached" });

  await page.getByRole("button", { name: "Resume" }).click();
  await stateIs(page, "Active");
  await row("first").waitFor({ state: "detached" });
  await vi.waitFor(async () => expect(await textsAt(friend.number)).toEqual(["first"]), 20_000);
  expect(await textsAt(stranger.number)).toEqual([]);
  expect(await isStamped(page)).toBe(true);
  expect(complaints).toEqual([]);
});

test("what failed is listed with its reason, and tried again where that may help", async () => {
  await using visitor = await visit();
  const { page } = visitor;
  const { email, number } = somebody();
  const friend = somebody();
  await phones().post("/phones", { number: friend.number, name: "João" });
  await signUp(page, email);
  const account = await givenConnected(page, "Support", number);
  await phones().post("/faults", { kind: "ack_error", code: 429, number, count: 1 });
  await sendText(page, account, friend.number, "too fast");
  await page.goto(`/accounts/${account}/queue?show=failed`);
  await page.locator("[data-message]", { hasText: "too fast" }).waitFor();
  await page.goto(`/accounts/${account}/health`);
  await page.getByText("95", { exact: true }).first().waitFor();
  await page.getByText(/1 change in the last 7 days/).waitFor();

  await page.goto(`/accounts/${account}/queue?show=failed`);
  await page.getByRole("button", { name: "Try all again" }).click();
  await page.getByText("1 message is tried again.").waitFor();
  await page.getByText("Nothing failed").waitFor();
  await vi.waitFor(async () => expect(await textsAt(friend.number)).toEqual(["too fast"]), 20_000);
});

test("health, queue and limits need no JavaScript", async () => {
  await using visitor = await visit(withoutJavaScript);
  const { page } = visitor;
  await signUp(page, somebody().email);
  const account = await createAccount(page, "Support");

  await page.goto(`/accounts/${account}/health`);
  await page.getByText(/Unchanged at 100 over the last 7 days/).waitFor();
  expect(await page.locator("figure svg path").count()).toBe(2);
  await page.getByRole("link", { name: "30 days" }).click();
  await page.getByText(/over the last 30 days/).waitFor();

  await page.goto(`/accounts/${account}/queue`);
  await page.getByRole("button", { name: "Freeze" }).click();
  await stateIs(page, "Frozen");
  await page.getByLabel("Your reference").fill("nothing like this");
  await page.getByRole("button", { name: "Count what matches" }).click();
  await page.getByText("Nothing that waits matches.").waitFor();

  await page.goto(`/accounts/${account}/settings`);
  await page.getByLabel("Per minute").fill("7");
  await page.getByLabel("Keep quiet hours").check();
  await page.getByLabel("From").fill("21:30");
  await page.getByLabel("Time zone").selectOption("America/Sao_Paulo");
  await page.getByLabel("Pause, at least", { exact: true }).fill("9");
  await page.getByLabel("Pause, at most", { exact: true }).fill("2");
  await page.getByRole("button", { name: "Save the limits" }).click();
  await page.getByText(/the first not above the second/).waitFor();
  expect(await page.getByLabel("From").inputValue()).toBe("21:30");
  await page.getByLabel("Pause, at most", { exact: true }).fill("9.5");
  await page.getByRole("button", { name: "Save the limits" }).click();
  await page.getByText("The limits are saved").waitFor();
  await page.goto(`/accounts/${account}/settings`);
  expect(await page.getByLabel("Per minute").inputValue()).toBe("7");
  expect(await page.getByLabel("Pause, at most", { exact: true }).inputValue()).toBe("9.5");
  expect(await page.getByLabel("Time zone").inputValue()).toBe("America/Sao_Paulo");
});

async function stateIs(page: Page, label: string): Promise<void> {
  const states = page.getByRole("list", { name: "States of the queue" });
  await states.locator('[aria-current="true"]', { hasText: label }).waitFor();
}

async function textsAt(number: string): Promise<(string | null | undefined)[]> {
  return (await phones().messages(number)).map(({ text }) => text);
}
