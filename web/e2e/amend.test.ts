import { expect, test, vi } from "vitest";
import { givenBrowser } from "./browser.ts";
import {
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

test("a sent text is edited, reacted to and deleted for everyone, and the chat shows it live", async () => {
  await using visitor = await visit();
  const { page, complaints } = visitor;
  const { email, number } = somebody();
  const friend = somebody();
  await phones().post("/phones", { number: friend.number, name: "João" });
  await signUp(page, email);
  const account = await givenConnected(page, "Support", number);
  await sendText(page, account, friend.number, "See you at seven.");
  const arrived = await vi.waitFor(async () => {
    const [message] = await phones().messages(friend.number);
    if (message === undefined) throw new Error("Nothing has arrived yet.");
    return message;
  }, 20_000);

  await page.goto(`/accounts/${account}`);
  await page.getByRole("list", { name: "Messages" }).getByRole("link").first().click();
  await page.waitForURL("**/chats/cht_*");
  await stamp(page);
  await live(page);
  const said = page.getByRole("log");
  await phones().post(`/phones/${friend.number}/react`, { wa_id: arrived.wa_id, emoji: "👍" });
  await said.getByText("👍").waitFor();

  await said.getByRole("link", { name: "Edit or delete this message" }).click();
  await page.getByLabel("Text", { exact: true }).fill("See you at eight.");
  await page.getByRole("button", { name: "Save the change" }).click();
  await said.getByText("See you at eight.").waitFor();
  await said.getByText("edited").waitFor();

  await said.getByRole("link", { name: "Edit or delete this message" }).click();
  await page.getByRole("button", { name: "Delete for everyone" }).click();
  await said.getByText("This message was deleted").waitFor();
  expect(await isStamped(page)).toBe(true);
  expect(complaints).toEqual([]);
});
