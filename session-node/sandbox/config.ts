import { isIP } from "node:net";

export type Config = { host: string; port: number; directory: string };

/** A reason not to start which a person can act on. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** Reads the whole configuration; the only place of the sandbox that looks at the environment. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const host = env["ROOST_SANDBOX_HOST"] ?? "127.0.0.1";
  assertLoopback(host);

  const port = Number(env["ROOST_SANDBOX_PORT"] ?? "8788");
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new ConfigError("ROOST_SANDBOX_PORT must be a port number between 0 and 65535.");
  }
  return { host, port, directory: env["ROOST_SANDBOX_DIRECTORY"] ?? ".roost/whatsapp" };
}

/** The sandbox hands out message contents and drives phones without a password. */
export function assertLoopback(host: string): void {
  if (isLoopback(host)) return;
  throw new ConfigError(
    `The WhatsApp sandbox listens only on loopback (127.0.0.1, ::1 or localhost), not on ${host}.`,
  );
}

/** True for names and addresses which only this machine can reach. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, "").toLowerCase();
  if (name === "localhost" || name === "::1") return true;
  return isIP(name) === 4 && name.startsWith("127.");
}
