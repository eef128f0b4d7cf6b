import type { EntryContext } from "@remix-run/cloudflare";
import { RemixServer } from "@remix-run/react";
import { renderToReadableStream } from "react-dom/server";
import { NonceContext } from "./nonce.tsx";
import { newNonce, protect } from "./security-headers.server.ts";

export default async function handleRequest(
  request: Request,
  status: number,
  headers: Headers,
  remix: EntryContext,
): Promise<Response> {
  const nonce = newNonce();
  let hasCrashed = false;
  const page = await renderToReadableStream(
    <NonceContext value={nonce}>
      <RemixServer context={remix} url={request.url} nonce={nonce} />
    </NonceContext>,
    {
      nonce,
      onError(error: unknown) {
        hasCrashed = true;
        logCrash(request, error);
      },
    },
  );
  // Nothing is deferred, so the whole page is there at once and its status is final.
  await page.allReady;
  headers.set("content-type", "text/html; charset=utf-8");
  protect(headers, nonce, new URL(request.url));
  return new Response(page, { headers, status: hasCrashed ? 500 : status });
}

export function handleDataRequest(response: Response): Response {
  response.headers.set("cache-control", "no-store");
  response.headers.set("x-content-type-options", "nosniff");
  return response;
}

/** What a loader or an action threw without meaning to. */
export function handleError(error: unknown, { request }: { request: Request }): void {
  if (!request.signal.aborted) logCrash(request, error);
}

/** The path without its query, which may hold a token. */
function logCrash(request: Request, error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const { pathname } = new URL(request.url);
  console.log(JSON.stringify({ event: "page.crashed", path: pathname, error: text }));
}
