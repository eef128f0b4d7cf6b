import { app } from "./app.ts";
import { cleanIdentity } from "./auth/clean-identity.ts";
import { configOf } from "./config.ts";
import { createSystem } from "./context.ts";
import { accountStub } from "./accounts/account-stub.ts";
import { consumeSendJobs } from "./fleet/consumer.ts";
import { hostStub } from "./fleet/stubs.ts";
import { watchFleet } from "./fleet/watch-fleet.ts";
import { log } from "./log.ts";

/** Answers everything that is not the API's. */
export type Pages = (request: Request, env: Env, context: ExecutionContext) => Promise<Response>;

/** The Worker's handlers around a way to serve pages: Remix when deployed, nothing in unit tests. */
export function makeWorker(pages: Pages) {
  return {
    async fetch(request, env, context) {
      const { pathname } = new URL(request.url);
      if (isApi(pathname)) return app.fetch(request, env, context);
      const home = homeOf(request, configOf(env).publicUrl);
      return home === null ? pages(request, env, context) : Response.redirect(home, 307);
    },

    async queue(batch, env) {
      await consumeSendJobs(batch.messages, {
        take: ({ account, lease }) => accountStub(env, account).takeLease(lease),
        deliver: (host, leases) => hostStub(env, host).deliver(leases),
        putBack: ({ account, id }) => accountStub(env, account).putBackLease(id),
        log,
      });
    },

    async scheduled(_controller, env, context) {
      const system = createSystem(env, configOf(env), (work) => context.waitUntil(work));
      // What is due for a message does not wait for the database.
      await Promise.all([watchFleet(system), cleanIdentity(system)]);
    },
  } satisfies ExportedHandler<Env>;
}

function isApi(pathname: string): boolean {
  return /^\/v1(\/|$)/.test(pathname) || /^\/docs\/?$/.test(pathname);
}

/**
 * Where a page asked for at another of our names (127.0.0.1, a preview's) really is; null at home.
 * Cookies and forms hold for one origin, so a person is best brought there at once.
 */
function homeOf(request: Request, publicUrl: URL): string | null {
  const { origin, pathname, search } = new URL(request.url);
  if (origin === publicUrl.origin || (request.method !== "GET" && request.method !== "HEAD")) {
    return null;
  }
  // Part by part: as one text, `//elsewhere` would name another host.
  const home = new URL(publicUrl);
  home.pathname = pathname;
  home.search = search;
  return home.href;
}
