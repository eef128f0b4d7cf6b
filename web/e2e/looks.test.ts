import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { givenBrowser } from "./browser.ts";
import {
  createAccount,
  givenConnected,
  logInAsAdmin,
  phones,
  sendText,
  signUp,
  somebody,
} from "./people.ts";

/**
 * Every page as people see it: wide and narrow, light and dark, empty and full. The pictures are for
 * people to look at; the checks are for what a machine can tell.
 */
const pictures = fileURLToPath(new URL("../../.roost/screenshots/", import.meta.url));
const visit = givenBrowser();
const widths = { wide: { width: 1280, height: 860 }, narrow: { width: 390, height: 844 } };
const schemes = ["light", "dark"] as const;
const sizes = Object.entries(widths);
const looks = sizes.flatMap(([name, viewport]) =>
  schemes.map((colorScheme) => ({ name: `${name}-${colorScheme}`, viewport, colorScheme })),
);

type Cookies = Awaited<ReturnType<ReturnType<Page["context"]>["cookies"]>>;
type Stop = [name: string, path: string, prepare?: (page: Page) => Promise<void>];
/** A person's session and the pages to look at with it. */
type Tour = { cookies: Cookies; pages: Stop[] };

const visitor: Tour = {
  cookies: [],
  pages: [
    ["landing", "/"],
    ["sign-up", "/sign-up"],
    ["login", "/login?next=/keys"],
    ["check-mail", "/check-mail"],
    ["verify-email", `/verify-email?token=${"a".repeat(40)}`],
    ["verify-email-broken", "/verify-email"],
    ["forgot-password", "/forgot-password"],
    ["reset-password", `/reset-password?token=${"a".repeat(40)}`],
    ["login-refused", "/login", logInWrongly],
    ["sign-up-refused", "/sign-up", signUpWrongly],
    ["not-found", "/nowhere"],
  ],
};
let empty: Tour;
let full: Tour;
let troubled: Tour;
let admin: Tour;

beforeAll(async () => {
  mkdirSync(pictures, { recursive: true });
  empty = await givenEmpty();
  full = await givenFull();
  troubled = await givenTroubled();
  admin = await givenAdmin();
});

test.each(looks)(
  "$name: pages fit, read well to a screen reader and do not jump",
  async (look) => {
    for (const [tourName, tour] of Object.entries({
      visitor,
      empty,
      full,
      troubled,
      admin,
    })) {
      await using walk = await visit({ viewport: look.viewport, colorScheme: look.colorScheme });
      const { page, complaints } = walk;
      await page.context().addCookies(tour.cookies);
      for (const [name, path, prepare] of tour.pages) {
        const where = `${look.name} ${tourName} ${name}`;
        await page.goto(path);
        await hydrated(page);
        expect(await layoutShift(page), where).toBeLessThan(0.02);
        await prepare?.(page);
        await page.screenshot({
          path: `${pictures}${tourName}-${name}-${look.name}.png`,
          fullPage: true,
        });
        expect(await seriousViolations(page), where).toEqual([]);
        expect(await isTooWide(page), where).toBe(false);
        expect(complaints, where).toEqual([]);
      }
    }
  },
  240_000,
);

async function givenEmpty(): Promise<Tour> {
  await using somewhere = await visit();
  const { page } = somewhere;
  await signUp(page, somebody().email);
  return {
    cookies: await page.context().cookies(),
    pages: [
      ["accounts", "/accounts"],
      ["chats", "/chats"],
      ["keys", "/keys"],
      ["keys-new", "/keys/new"],
      ["settings", "/settings"],
    ],
  };
}

async function givenFull(): Promise<Tour> {
  await using somewhere = await visit();
  const { page } = somewhere;
  const { email, number } = somebody();
  const friend = somebody();
  await phones().post("/phones", { number: friend.number, name: "João Nogueira" });
  await signUp(page, email);
  const linking = await createAccount(page, "Newsletter");
  const unlinked = await createAccount(page, "A second shop with quite a long name");
  const account = await givenConnected(page, "Support", number);
  for (const text of ["Hello, your order is on its way.", "Shall we ring twice?\nOr leave it?"]) {
    await page.getByLabel("To", { exact: true }).fill(`+${friend.number}`);
    await page.getByLabel("Message", { exact: true }).fill(text);
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await page.getByRole("list", { name: "Messages" }).getByText(text).waitFor();
  }
  await phones().post(`/phones/${friend.number}/messages`, { to: number, text: "Ring, please!" });
  const reply = page.locator("[data-message]", { hasText: "Ring, please!" });
  await reply.waitFor();
  const chat = await reply.getByRole("link").getAttribute("href");
  await page.goto("/keys/new");
  await page.getByLabel("Name", { exact: true }).fill("Order service");
  await page.getByRole("button", { name: "Create the key" }).click();
  await page.locator("[data-secret]").waitFor();
  return {
    cookies: await page.context().cookies(),
    pages: [
      ["accounts", "/accounts"],
      ["account", `/accounts/${account}`],
      ["account-linking", `/accounts/${linking}`, showQr],
      ["account-unlinked", `/accounts/${unlinked}`],
      ["account-health", `/accounts/${account}/health`],
      ["account-health-unlinked", `/accounts/${unlinked}/health?days=30`],
      ["account-queue", `/accounts/${account}/queue`],
      ["account-queue-unlinked", `/accounts/${unlinked}/queue?show=scheduled`],
      ["account-settings", `/accounts/${account}/settings`],
      ["account-limits-refused", `/accounts/${account}/settings`, limitWrongly],
      ["account-delete", `/accounts/${account}/settings?confirm=delete`],
      ["account-send-refused", `/accounts/${account}`, sendWrongly],
      ["chats", "/chats"],
      ["chat", chat ?? "/chats"],
      ["keys", "/keys"],
      ["keys-new", "/keys/new"],
      ["account-missing", `/accounts/acc_${"0".repeat(26)}`],
      ["fleet-hidden", "/admin/fleet"],
    ],
  };
}

/** An account with failures behind it, messages that wait, and WhatsApp's own word against it. */
async function givenTroubled(): Promise<Tour> {
  await using somewhere = await visit();
  const { page } = somewhere;
  const { email, number } = somebody();
  const friend = somebody();
  await phones().post("/phones", { number: friend.number, name: "João Nogueira" });
  await signUp(page, email);
  const account = await givenConnected(page, "Campaigns", number);
  await phones().post("/faults", { kind: "ack_error", code: 429, number, count: 2 });
  for (const text of ["Too fast.", "Again too fast."]) {
    await sendText(page, account, friend.number, text);
  }
  // Nobody in the sandbox has a number with such an end.
  await sendText(page, account, "5511987650000", "Is anybody there?");
  await page.goto(`/accounts/${account}/queue?show=failed`);
  await page.getByText("Try all again").waitFor();
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByRole("button", { name: "Resume" }).waitFor();
  for (let n = 1; n <= 3; n++) {
    await sendText(page, account, friend.number, `Your order ${n} is ready to be collected.`);
  }
  const until = new Date(Date.now() + 20 * 3_600_000).toISOString();
  await phones().post("/faults", { kind: "time_lock", number, until });
  await phones().post("/faults", { kind: "new_chat_cap", number, used: 180, total: 200 });
  return {
    cookies: await page.context().cookies(),
    pages: [
      ["account", `/accounts/${account}`],
      ["account-health", `/accounts/${account}/health?days=1`],
      ["account-health-changes", `/accounts/${account}/health?days=1`, openChanges],
      ["account-queue", `/accounts/${account}/queue`],
      ["account-queue-failed", `/accounts/${account}/queue?show=failed`],
      ["account-queue-clear", `/accounts/${account}/queue`, askToClear],
    ],
  };
}

async function givenAdmin(): Promise<Tour> {
  await using somewhere = await visit();
  const { page } = somewhere;
  await logInAsAdmin(page);
  await page.goto("/admin/fleet");
  const host = await page
    .getByRole("list", { name: "Hosts" })
    .getByRole("link")
    .first()
    .innerText();
  return {
    cookies: await page.context().cookies(),
    pages: [
      ["fleet", "/admin/fleet"],
      ["host", `/admin/fleet/${host}`],
      ["host-drain", `/admin/fleet/${host}?confirm=drain`],
      ["host-missing", "/admin/fleet/nowhere"],
    ],
  };
}

async function openChanges(page: Page): Promise<void> {
  await page.getByText("The changes in words").click();
}

async function askToClear(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Count what matches" }).click();
  await page.getByRole("alertdialog").waitFor();
}

async function limitWrongly(page: Page): Promise<void> {
  await page.getByLabel("Pause, at least", { exact: true }).fill("9");
  await page.getByLabel("Pause, at most", { exact: true }).fill("2");
  await page.getByRole("button", { name: "Save the limits" }).click();
  await page.getByRole("alert").waitFor();
}

/** As somebody without JavaScript or with an odd browser would: past the browser's own checks. */
async function submitUnchecked(page: Page, button: string): Promise<void> {
  await page
    .locator("form:has(input)")
    .last()
    .evaluate((form) => form.setAttribute("novalidate", ""));
  await page.getByRole("button", { name: button }).click();
  await page.getByRole("alert").waitFor();
}

async function logInWrongly(page: Page): Promise<void> {
  await page.getByLabel("Email").fill("nobody@example.com");
  await page.getByLabel("Password").fill("not the password");
  await submitUnchecked(page, "Log in");
}

async function signUpWrongly(page: Page): Promise<void> {
  await page.getByLabel("Email").fill("not an address");
  await page.getByLabel("Password").fill("short");
  await submitUnchecked(page, "Sign up");
}

async function sendWrongly(page: Page): Promise<void> {
  await page.getByLabel("To", { exact: true }).fill("my friend");
  await page.getByLabel("Message", { exact: true }).fill("Hello!");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.getByRole("alert").waitFor();
}

/** A code lives shorter than this test, so each look asks for its own. */
async function showQr(page: Page): Promise<void> {
  const code = page.getByRole("img", { name: /QR code/ });
  const button = page.getByRole("button", { name: "Show the QR code" });
  await code.or(button).waitFor();
  if (await button.isVisible()) await button.click();
  await code.waitFor();
  // Its place was there before it.
  expect(await layoutShift(page)).toBeLessThan(0.02);
}

/** Waits until the page is alive, so that what changes with it has changed. */
async function hydrated(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    Object.keys(document.body).some((key) => key.startsWith("__reactFiber")),
  );
  await page.evaluate(() => document.fonts.ready.then(() => null));
}

/** What axe calls serious or critical, as sentences. */
async function seriousViolations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations } = await window.axe.run();
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ help, nodes }) => `${help}: ${nodes.map(({ html }) => html).join(" | ")}`);
  });
}

function isTooWide(page: Page): Promise<boolean> {
  return page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
}

/** How much the page moved under the reader since it was opened, as browsers measure it. */
function layoutShift(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let total = 0;
        const add = (entries: PerformanceEntryList): void => {
          for (const entry of entries) if ("value" in entry) total += Number(entry.value);
        };
        const observer = new PerformanceObserver((list) => add(list.getEntries()));
        observer.observe({ type: "layout-shift", buffered: true });
        requestAnimationFrame(() => {
          add(observer.takeRecords());
          resolve(total);
        });
      }),
  );
}

declare global {
  // oxlint-disable-next-line typescript/consistent-type-definitions
  interface Window {
    axe: typeof axe;
  }
}
