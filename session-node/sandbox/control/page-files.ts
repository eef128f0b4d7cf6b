import { readFile } from "node:fs/promises";

const FILES: Record<string, { file: string; type: string }> = {
  "/": { file: "index.html", type: "text/html; charset=utf-8" },
  "/page.js": { file: "page.js", type: "text/javascript; charset=utf-8" },
  "/phone-window.js": { file: "phone-window.js", type: "text/javascript; charset=utf-8" },
  "/waiting.js": { file: "waiting.js", type: "text/javascript; charset=utf-8" },
  "/call.js": { file: "call.js", type: "text/javascript; charset=utf-8" },
  "/page.css": { file: "page.css", type: "text/css; charset=utf-8" },
};

/** A file of the page, or nothing when the path is not one. */
export async function findPageFile(
  pathname: string,
): Promise<{ bytes: Buffer; type: string } | undefined> {
  const found = FILES[pathname];
  if (!found) return undefined;
  const bytes = await readFile(new URL(`../page/${found.file}`, import.meta.url));
  return { bytes, type: found.type };
}
