import { Chat } from "@roost/contract/chats";
import { listOf } from "@roost/contract/lists";
import { Message } from "@roost/contract/messages";
import type { Page } from "playwright-core";
import { expect, inject, test, vi } from "vitest";
import { givenBrowser } from "./browser.ts";
import {
  createAccount,
  givenConnected,
  isStamped,
  live,
  phones,
  qrText,
  signUp,
  somebody,
  stamp,
} from "./people.ts";

const visit = givenBrowser();

test("a person signs up, links a phone, sends, sees the ticks turn blue and the reply arrive", async () => {
  await using visitor = await visit();
  const { page, complaints } = visitor;
  const ana = somebody();
  const friend = somebody();
  await phones().post("/phones", { number: ana.number, name: "Souza Flowers" });
  await phones().post("/phones", { number: friend.number, name: "João" });
  await phones().put(`/phones/${friend.number}`, { receipts: "none" });

  await signUp(page, ana.email);
  await page.getByRole("heading", { name: "No account yet" }).waitFor();

  const account = await createAccount(page, "Support");
  await page.getByRole("button", { name: "Show the QR code" }).click();
  await page.getByRole("img", { name: /QR code/ }).waitFor();
  await stamp(page);
  await phones().post(`/phones/${ana.number}/scan`, { qr: await qrText(page, account) });
  await page.getByText("Connected", { exact: true }).waitFor();
  await page.getByRole("heading", { name: "Send a message" }).waitFor();
  expect(await isStamped(page)).toBe(true);

  const key = await createKey(page);
  await page.goto(`/accounts/${account}`);
  await stamp(page);
  await live(page);
  const first = await sendByApi(key, account, friend.number, "hello");
  const row = page.locator(`[data-message="${first.id}"]`);
  await row.getByText("Sent", { exact: true }).waitFor();
  expect(await textsAt(friend.number)).toEqual(["hello"]);

  await phones().put(`/phones/${friend.number}`, { receipts: "delivered" });
  const second = await sendByApi(key, account, friend.number, "are you there?");
  const secondRow = page.locator(`[data-message="${second.id}"]`);
  await secondRow.getByText("Delivered", { exact: true }).waitFor();
  await phones().post(`/phones/${friend.number}/read`, { wa_id: await waIdOf(key, second.id) });
  await secondRow.getByText("Read", { exact: true }).waitFor();
  expect(await isStamped(page)).toBe(true);

  await secondRow.getByRole("link").click();
  await page.waitForURL("**/chats/cht_*");
  await page.getByRole("log").getByText("are you there?").waitFor();
  await phones().post(`/phones/${friend.number}/messages`, { to: ana.number, text: "I am!" });
  await page.getByRole("log").getByText("I am!").waitFor();
  expect(await isStamped(page)).toBe(true);
  await live(page);
  await vi.waitFor(async () => expect(await unreadOf(key, account)).toEqual([0]), 10_000);

  await page.getByRole("textbox", { name: "Message" }).fill("Good.");
  await page.keyboard.press("Enter");
  await page.getByRole("log").getByText("Good.").waitFor();
  await vi.waitFor(async () => expect(await textsAt(friend.number)).toContain("Good."), 20_000);
  expect(complaints).toEqual([]);
});

test("a phone is linked by typing the code that the page shows", async () => {
  await using visitor = await visit();
  const { page } = visitor;
  const { email, number } = somebody();
  await phones().post("/phones", { number, name: "Souza Flowers" });
  await signUp(page, email);
  await createAccount(page, "Support");

  await page.getByText("Use a pairing code").click();
  await page.getByLabel("Phone number").fill("99");
  await page.getByRole("button", { name: "Get a pairing code" }).click();
  await page.getByText(/Write a phone number with its country code/).waitFor();
  await page.getByLabel("Phone number").fill(`+${number}`);
  await page.getByRole("button", { name: "Get a pairing code" }).click();

  const shown = await page.getByText("Pairing code:").locator("..").innerText();
  const [, code = ""] = /([0-9A-Z]{4}-[0-9A-Z]{4})/.exec(shown) ?? [];
  expect(code).not.toBe("");
  await phones().post(`/phones/${number}/code`, { code: code.replace("-", "") });
  await page.getByText("Connected", { exact: true }).waitFor();
});

test("a message that failed is marked in the list of chats", async () => {
  await using visitor = await visit();
  const { page } = visitor;
  const { email, number } = somebody();
  await signUp(page, email);
  const account = await givenConnected(page, "Support", number);
  await page.goto(`/accounts/${account}`);
  // Nobody in the sandbox has a number with such an end.
  await page.getByLabel("To", { exact: true }).fill("+55 11 98765-0000");
  await page.getByLabel("Message", { exact: true }).fill("hello");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.getByRole("list", { name: "Messages" }).getByText("Failed").waitFor();
  await page.goto("/chats");
  const row = page.getByRole("list", { name: "Chats" }).getByRole("link");
  expect(await row.innerText()).toMatch(/Failed\s+You: hello/);
});

test("a key that is revoked in the page is refused from then on", async () => {
  await using visitor = await visit();
  const { page } = visitor;
  await signUp(page, somebody().email);
  const key = await createKey(page);
  expect((await callWith(key, "/v1/accounts")).status).toBe(200);

  await page.goto("/keys");
  expect(await page.content()).not.toContain(key);
  await page.getByRole("link", { name: "Revoke" }).click();
  await page.getByRole("button", { name: "Revoke for good" }).click();
  await page.getByText("Revoked", { exact: true }).waitFor();
  // An isolate may remember a key for up to a minute.
  await vi.waitFor(async () => expect((await callWith(key, "/v1/accounts")).status).toBe(401), {
    timeout: 65_000,
    interval: 1_000,
  });
});

test("whoever is not signed in is sent to the login and back afterwards", async () => {
  await using visitor = await visit();
  const { page } = visitor;
  const { email } = somebody();
  await signUp(page, email);
  await page.getByRole("button", { name: "Log out" }).first().click();
  await page.waitForURL("**/login");
  await page.goto("/keys");
  await page.waitForURL("**/login?next=%2Fkeys");
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Log in" }).click();
  expect(await page.getByRole("alert").innerText()).toMatch(/\w+ .*\.$/);
  expect(await page.getByLabel("Email").inputValue()).toBe(email);
  await page.getByLabel("Password").fill("four words in a row");
  await page.getByRole("button", { name: "Log in" }).click();
  await page.waitForURL("**/keys");
});

async function createKey(page: Page): Promise<string> {
  await page.goto("/keys/new");
  await page.getByLabel("Name", { exact: true }).fill("Order service");
  await page.getByRole("button", { name: "Create the key" }).click();
  return page.locator("[data-secret]").innerText();
}

function callWith(key: string, path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  return fetch(`${inject("urls").api}${path}`, { ...init, headers });
}

async function sendByApi(key: string, account: string, to: string, text: string): Promise<Message> {
  const body = JSON.stringify({ account, to: `+${to}`, text: { body: text } });
  const response = await callWith(key, "/v1/messages", { method: "POST", body });
  expect(response.status).toBe(202);
  return Message.parse(await response.json());
}

async function waIdOf(key: string, message: string): Promise<string> {
  const response = await callWith(key, `/v1/messages/${message}`);
  return Message.parse(await response.json()).wa_id ?? "";
}

async function unreadOf(key: string, account: string): Promise<number[]> {
  const response = await callWith(key, `/v1/chats?account=${account}`);
  return listOf(Chat)
    .parse(await response.json())
    .data.map((chat) => chat.unread);
}

async function textsAt(number: string): Promise<(string | null | undefined)[]> {
  return (await phones().messages(number)).map((message) => message.text);
}
