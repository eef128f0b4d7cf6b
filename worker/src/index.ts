import { createRequestHandler } from "@remix-run/cloudflare";
import * as build from "../../web/build/server/index.js";
import { app } from "./app.ts";
import { makeWorker } from "./core.ts";

export { AccountObject } from "./accounts/account-object.ts";
export { FleetObject } from "./fleet/fleet-object.ts";
export { HostObject } from "./fleet/host-object.ts";
export { TenantObject } from "./tenants/tenant-object.ts";

const pages = createRequestHandler(build, "production");

// What is deployed: the API, and the pages, which call it in process.
export default makeWorker((request, env, context) =>
  pages(request, { fetchApi: async (call: Request) => app.fetch(call, env, context) }),
);
