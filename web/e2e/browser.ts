import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, inject } from "vitest";
import { findChromium } from "./chromium.ts";

const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export type Visit = AsyncDisposable & {
  page: Page;
  /** What the page complained about: uncaught errors, refused scripts and styles, hydration. */
  complaints: string[];
};

/** A browser for the tests of a file. Each visit is a person of its own, without any cookie. */
export function givenBrowser(): (options?: BrowserContextOptions) => Promise<Visit> {
  let browser: Browser | null = null;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: findChromium(), args: flags });
  });
  afterAll(async () => {
    await browser?.close();
  });
  return async (options = {}) => {
    if (browser === null) throw new Error("The browser is not started yet.");
    const context = await browser.newContext({ baseURL: inject("urls").web, ...options });
    context.setDefaultTimeout(20_000);
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => {
      // A refused form is a failed resource to the browser and an ordinary answer to us.
      const isAnswer = message.text().startsWith("Failed to load resource");
      if (message.type() === "error" && !isAnswer) complaints.push(message.text());
    });
    return { page, complaints, [Symbol.asyncDispose]: () => context.close() };
  };
}
