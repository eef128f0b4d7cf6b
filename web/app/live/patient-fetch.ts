type Fetch = typeof fetch;

const RETRY_MS = 2_000;
/** What Remix answers pages' data with; anything else came from something before it. */
const DATA_TYPE = "text/x-script";

/**
 * A fetch that waits for the network where nobody waits for it. News which a page loads by itself and
 * cannot have must not become an error page: that would cost what somebody is writing.
 */
export function patient(inner: Fetch, isNavigating: () => boolean): Fetch {
  return async (input, init) => {
    if (isNavigating() || !isPageData(input, init)) return inner(input, init);
    for (;;) {
      try {
        const response = await inner(input, init);
        // To its end, since the network can go away in the middle of it.
        const body = await response.arrayBuffer();
        const isOurs = response.headers.get("content-type")?.startsWith(DATA_TYPE) ?? false;
        if (isOurs) return new Response(body, response);
      } catch (error) {
        if (init?.signal?.aborted) throw error;
      }
      await pause(init?.signal ?? null);
    }
  };
}

function isPageData(input: RequestInfo | URL, init: RequestInit | undefined): boolean {
  if (init?.method !== undefined && init.method !== "GET") return false;
  return input instanceof URL && input.pathname.endsWith(".data");
}

/** Until it is worth another try; over at once when the network says that it is back. */
function pause(signal: AbortSignal | null): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      globalThis.removeEventListener("online", end);
      signal?.removeEventListener("abort", end);
      if (signal?.aborted) reject(new DOMException("Not wanted any more.", "AbortError"));
      else resolve();
    };
    const timer = setTimeout(end, RETRY_MS);
    globalThis.addEventListener("online", end);
    signal?.addEventListener("abort", end);
  });
}
