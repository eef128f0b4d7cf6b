import * as roost from "../../../src/dev.ts";
import { countedHandlers, countedObject } from "./count-everything.ts";

// The Worker as it is deployed, but for the pages, which no message touches.
export const AccountObject = countedObject(roost.AccountObject, "AccountObject");
export const FleetObject = countedObject(roost.FleetObject, "FleetObject");
export const HostObject = countedObject(roost.HostObject, "HostObject");
export const TenantObject = countedObject(roost.TenantObject, "TenantObject");

export default countedHandlers(roost.default);
