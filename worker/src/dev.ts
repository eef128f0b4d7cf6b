import { makeWorker } from "./core.ts";

export { TenantObject } from "./tenants/tenant-object.ts";

// The API alone: for unit tests and the dev server, where Vite serves the pages.
export default makeWorker(async () => new Response("not found", { status: 404 }));
