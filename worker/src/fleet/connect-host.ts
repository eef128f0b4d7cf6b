import { hostStub } from "./stubs.ts";

/** Which host a request for a socket is of; set by the route that checked its token. */
export const HOST_HEADER = "x-roost-host";

/** Hands the upgrade to the host's object, with the name that its token proved. */
export function connectHost(env: Env, host: string, request: Request): Promise<Response> {
  const upgrade = new Request(request);
  upgrade.headers.set(HOST_HEADER, host);
  return hostStub(env, host).fetch(upgrade);
}
