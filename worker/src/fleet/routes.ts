import { HOST_TOKEN_AUDIENCE, HostName } from "@roost/contract/host";
import { jwtVerify } from "jose";
import { AppError } from "../errors.ts";
import { newRouter } from "../http/router.ts";
import { connectHost } from "./connect-host.ts";
import { allFleets } from "./stubs.ts";

/** Where session hosts dial in. Not part of the public API, and not in its document. */
export const fleetRoutes = newRouter();

fleetRoutes.get("/v1/hosts/socket", async (c) => {
  const { system } = c.var;
  const [, token] = /^Bearer (\S+)$/.exec(c.req.header("authorization") ?? "") ?? [];
  const host = await hostOf(token ?? "", system.config.hostSecret);
  if (host === null) throw new AppError("unauthenticated", "This host token is not valid.");
  if (c.req.header("upgrade") !== "websocket") {
    throw new AppError("validation_failed", "Connect with a WebSocket.");
  }
  return connectHost(system.env, host, c.req.raw);
});

/** Whether the edge answers. Only the sandbox tells which hosts are connected: that is nobody's business. */
fleetRoutes.get("/v1/health", async (c) => {
  const { env, config } = c.var.system;
  if (!config.isSandbox) return c.json({ status: "ok" });
  const fleets = await allFleets(env);
  const hosts = await Promise.all(fleets.map((fleet) => fleet.hostsUp()));
  return c.json({ status: "ok", hosts: hosts.flat() });
});

/** The host a token was made for, or null. */
async function hostOf(token: string, secret: Uint8Array): Promise<HostName | null> {
  try {
    const { payload } = await jwtVerify(token, secret, {
      audience: HOST_TOKEN_AUDIENCE,
      algorithms: ["HS256"],
      requiredClaims: ["exp", "sub"],
    });
    return HostName.safeParse(payload.sub).data ?? null;
  } catch {
    return null;
  }
}
