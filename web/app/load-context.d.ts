import "@remix-run/cloudflare";

declare module "@remix-run/cloudflare" {
  // Only an interface merges with Remix's own.
  // oxlint-disable-next-line typescript/consistent-type-definitions
  interface AppLoadContext {
    /** The API of this deployment, in process: the same answers that an app gets over HTTP. */
    fetchApi: (request: Request) => Promise<Response>;
  }

  // oxlint-disable-next-line typescript/consistent-type-definitions
  interface Future {
    v3_singleFetch: true;
  }
}
