import { HOST_HEADER } from "./host-object.ts";
import { hostStub } from "./stubs.ts";

/** Hands the upgrade to the host's object, with the name that its token proved. */
export function connectHost(env: Env, host: string, request: Request): Promise<Response> {
  const upgrade = new Request(request);
  upgrade.headers.set(HOST_HEADER, host);
  return hostStub(env, host).fetch(upgrade);
}
