import { makeWorker } from "./core.ts";

export { AccountObject } from "./accounts/account-object.ts";
export { FleetObject } from "./fleet/fleet-object.ts";
export { HostObject } from "./fleet/host-object.ts";
export { TenantObject } from "./tenants/tenant-object.ts";

// The API alone: for unit tests and the dev server, where Vite serves the pages.
export default makeWorker(async () => new Response("not found", { status: 404 }));
