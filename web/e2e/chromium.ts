import { existsSync } from "node:fs";

const usualPlaces = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/snap/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/** The browser of this machine; a sentence when there is none, since nothing is skipped silently. */
export function findChromium(
  environment: Record<string, string | undefined> = process.env,
  exists: (path: string) => boolean = existsSync,
): string {
  const chosen = environment.CHROMIUM_PATH;
  if (chosen !== undefined && chosen !== "") {
    if (exists(chosen)) return chosen;
    throw new Error(`CHROMIUM_PATH names ${chosen}, and there is no such file.`);
  }
  const found = usualPlaces.find(exists);
  if (found !== undefined) return found;
  throw new Error(
    "The browser tests need Chromium: install it (Debian: `apt-get install chromium`) or set CHROMIUM_PATH to it.",
  );
}
