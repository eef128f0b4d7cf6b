import { Readable } from "node:stream";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createRequestHandler, type ServerBuild } from "@remix-run/cloudflare";
import type { Plugin, ViteDevServer } from "vite";

/**
 * Serves the pages with hot reload in front of a Worker that runs elsewhere: `/v1` and `/docs` are
 * passed on to it, and loaders reach it over HTTP instead of in process.
 */
export function roostDev(apiUrl: string | undefined): Plugin {
  return {
    name: "roost-dev",
    apply: "serve",
    config: () =>
      apiUrl === undefined
        ? {}
        : { server: { proxy: { "^/(v1(/|$)|docs)": { target: apiUrl, changeOrigin: false } } } },
    configureServer(vite) {
      // Remix makes a second Vite server from the same config, which must not serve anything.
      const isPageServer = vite.config.plugins.some((plugin) => plugin.name === "remix");
      if (!isPageServer) return undefined;
      if (apiUrl === undefined) {
        throw new Error("ROOST_DEV_API is not set. Start the dev loop with `npm run dev`.");
      }
      return () => {
        vite.middlewares.use((incoming, outgoing, next) => {
          void respond(vite, apiUrl, incoming, outgoing, next);
        });
      };
    },
  };
}

async function respond(
  vite: ViteDevServer,
  apiUrl: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  next: (error: unknown) => void,
): Promise<void> {
  try {
    await send(await answer(vite, apiUrl, incoming, outgoing), outgoing);
  } catch (error) {
    next(error);
  }
}

async function answer(
  vite: ViteDevServer,
  apiUrl: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<Response> {
  // The module is virtual: Vite cannot know its type.
  const build = (await vite.ssrLoadModule("virtual:remix/server-build")) as ServerBuild;
  const left = new AbortController();
  outgoing.on("close", () => {
    if (!outgoing.writableFinished) left.abort();
  });
  const handle = createRequestHandler(build, "development");
  return handle(toRequest(incoming, left.signal), {
    fetchApi: (request) => {
      const { pathname, search } = new URL(request.url);
      return fetch(new Request(`${apiUrl}${pathname}${search}`, request), { redirect: "manual" });
    },
  });
}

async function send(response: Response, outgoing: ServerResponse): Promise<void> {
  outgoing.statusCode = response.status;
  for (const [name, value] of response.headers) {
    if (name !== "set-cookie") outgoing.setHeader(name, value);
  }
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) outgoing.setHeader("set-cookie", cookies);
  outgoing.end(Buffer.from(await response.arrayBuffer()));
}

type IncomingWithOriginal = IncomingMessage & { originalUrl?: string };

function toRequest(incoming: IncomingWithOriginal, signal: AbortSignal): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    for (const one of [value ?? []].flat()) headers.append(name, one);
  }
  const method = incoming.method ?? "GET";
  const hasBody = method !== "GET" && method !== "HEAD";
  const url = `http://${incoming.headers.host}${incoming.originalUrl ?? incoming.url}`;
  // Node wants `duplex` for a streamed body; the types of the platform do not know it yet.
  const streamed = { body: Readable.toWeb(incoming), duplex: "half" };
  return new Request(url, { method, headers, signal, ...(hasBody ? streamed : {}) } as RequestInit);
}
