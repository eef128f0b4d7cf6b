import { HOST_TOKEN_AUDIENCE, type HostName } from "@roost/contract/host";
import { SignJWT } from "jose";

/** The token a host presents when it dials: good for a minute, so a leaked one is soon worthless. */
export async function hostToken(hostName: HostName, secret: Uint8Array): Promise<string> {
  return new SignJWT()
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(hostName)
    .setAudience(HOST_TOKEN_AUDIENCE)
    .setIssuedAt()
    .setExpirationTime("60s")
    .sign(secret);
}
