import { HostName } from "@roost/contract/host";
import { Region } from "@roost/contract/regions";
import { type CrashPlan, crashPoints, readCrashPlan } from "./crash-points.ts";

/** What the host needs to know; made once, from the environment, and never read again. */
export type Config = {
  /** Where the edge takes the host's WebSocket. */
  socketUrl: URL;
  hostName: HostName;
  hostSecret: Uint8Array;
  /** The first wraps, all of them unwrap: that is how the fleet's key is changed. */
  keyEncryptionKeys: readonly [Buffer, ...Buffer[]];
  capacity: number;
  /** Where the host stands; null is the deployment's default region. */
  region: Region | null;
  /** Null: what the container allows, or what the machine has. */
  memoryLimitBytes: number | null;
  /** The WhatsApp network of our own on loopback; null means the real one. */
  sandbox: Sandbox | null;
};

export type Sandbox = {
  whatsappUrl: URL;
  /** The root of the sandbox's certificates, trusted instead of WhatsApp's own. */
  rootKey: Buffer;
  /** Where waiting QR codes are announced, so that a person can scan them with one click. */
  controlUrl: URL | null;
  /** Where the host kills itself, to show what a crash there costs; null: nowhere. */
  crashAt: CrashPlan | null;
  /** A file that says the same to a running host, when it gets SIGUSR2. */
  crashFile: string | null;
};

/** The environment contradicts itself; each problem is a sentence. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join(" "));
    this.name = "ConfigError";
    this.problems = problems;
  }
}

const MAY_BE_NULL = new Set(["region", "memoryLimitBytes", "sandbox"]);

type Env = Readonly<Record<string, string | undefined>>;
const loopback = new Set(["127.0.0.1", "[::1]", "localhost"]);

/** Reads and checks the environment; throws a `ConfigError` that names every problem at once. */
export function readConfig(env: Env): Config {
  const problems: string[] = [];
  const refuse = (problem: string): null => {
    problems.push(problem);
    return null;
  };

  const config = {
    socketUrl: readSocketUrl(env, refuse),
    hostName: readHostName(env, refuse),
    hostSecret: readHostSecret(env, refuse),
    keyEncryptionKeys: readKeyEncryptionKeys(env, refuse),
    capacity: readCapacity(env, refuse),
    region: readRegion(env, refuse),
    memoryLimitBytes: readMemoryLimit(env, refuse),
    sandbox: readSandbox(env, refuse),
  };
  if (problems.length > 0 || !isComplete(config)) throw new ConfigError(problems);
  return config;
}

type Refuse = (problem: string) => null;
type Draft = { [K in keyof Config]: Config[K] | null };

function isComplete(draft: Draft): draft is Config {
  return Object.entries(draft).every(([name, value]) => MAY_BE_NULL.has(name) || value !== null);
}

function readSocketUrl(env: Env, refuse: Refuse): URL | null {
  const text = env["ROOST_EDGE_URL"];
  if (!text) return refuse("ROOST_EDGE_URL is missing: the address of the Roost deployment.");
  const url = URL.parse(text);
  if (!url || !["http:", "https:"].includes(url.protocol)) {
    return refuse("ROOST_EDGE_URL must be an address like https://roost.example.com.");
  }
  if (url.protocol === "http:" && !loopback.has(url.hostname)) {
    return refuse("ROOST_EDGE_URL must be https, because key material travels over it.");
  }
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  url.pathname = `${url.pathname.replace(/\/$/, "")}/v1/hosts/socket`;
  return url;
}

function readHostName(env: Env, refuse: Refuse): HostName | null {
  const name = HostName.safeParse(env["ROOST_HOST_NAME"]);
  if (name.success) return name.data;
  return refuse("ROOST_HOST_NAME must be a name like host-1, unique and stable in the fleet.");
}

function readHostSecret(env: Env, refuse: Refuse): Uint8Array | null {
  const secret = env["ROOST_HOST_SECRET"] ?? "";
  if (secret.length < 32) {
    return refuse("ROOST_HOST_SECRET must be the Worker's HOST_SECRET, at least 32 characters.");
  }
  return new TextEncoder().encode(secret);
}

function readKeyEncryptionKeys(env: Env, refuse: Refuse): [Buffer, ...Buffer[]] | null {
  const current = decodeKey(env["ROOST_KEY_ENCRYPTION_KEY"]);
  if (!current) {
    return refuse("ROOST_KEY_ENCRYPTION_KEY must be 32 bytes in base64, the same on every host.");
  }
  const oldText = env["ROOST_OLD_KEY_ENCRYPTION_KEY"];
  if (!oldText) return [current];
  const old = decodeKey(oldText);
  if (!old) return refuse("ROOST_OLD_KEY_ENCRYPTION_KEY must be 32 bytes in base64, or left out.");
  if (old.equals(current)) {
    return refuse("ROOST_OLD_KEY_ENCRYPTION_KEY is the current key: leave it out after a change.");
  }
  return [current, old];
}

function readCapacity(env: Env, refuse: Refuse): number | null {
  const text = env["ROOST_HOST_CAPACITY"] ?? "200";
  const capacity = Number(text);
  if (Number.isInteger(capacity) && capacity >= 1 && capacity <= 10_000) return capacity;
  return refuse("ROOST_HOST_CAPACITY must be a number of accounts from 1 to 10000.");
}

function readRegion(env: Env, refuse: Refuse): Region | null {
  const text = env["ROOST_HOST_REGION"];
  if (!text) return null;
  const region = Region.safeParse(text);
  if (region.success) return region.data;
  return refuse("ROOST_HOST_REGION must be a name like eu-west, or left out.");
}

function readMemoryLimit(env: Env, refuse: Refuse): number | null {
  const text = env["ROOST_HOST_MEMORY_MB"];
  if (!text) return null;
  const megabytes = Number(text);
  if (Number.isInteger(megabytes) && megabytes >= 128) return megabytes * 1024 * 1024;
  return refuse("ROOST_HOST_MEMORY_MB must be a number of megabytes from 128, or left out.");
}

function readSandbox(env: Env, refuse: Refuse): Sandbox | null {
  const names = [
    "ROOST_SANDBOX_WHATSAPP_URL",
    "ROOST_SANDBOX_ROOT_KEY",
    "ROOST_SANDBOX_CONTROL_URL",
    "ROOST_SANDBOX_CRASH_AT",
    "ROOST_SANDBOX_CRASH_FILE",
  ];
  const isSandbox = env["ROOST_SANDBOX"] === "1";
  if (!isSandbox) {
    if (env["ROOST_SANDBOX"]) return refuse("ROOST_SANDBOX must be 1 or left out.");
    const given = names.filter((name) => env[name]);
    if (given.length === 0) return null;
    return refuse(
      `${given.join(", ")} is set without ROOST_SANDBOX=1: a host that serves real accounts never trusts a sandbox.`,
    );
  }

  const whatsappUrl = URL.parse(env["ROOST_SANDBOX_WHATSAPP_URL"] ?? "");
  if (!whatsappUrl || whatsappUrl.protocol !== "ws:" || !loopback.has(whatsappUrl.hostname)) {
    return refuse("ROOST_SANDBOX_WHATSAPP_URL must be a ws:// address on loopback.");
  }
  const rootKey = decodeKey(env["ROOST_SANDBOX_ROOT_KEY"]);
  if (!rootKey) {
    return refuse(
      "ROOST_SANDBOX_ROOT_KEY must be 32 bytes in base64, as the sandbox's GET /root-key says.",
    );
  }
  const crashText = env["ROOST_SANDBOX_CRASH_AT"];
  const crashAt = crashText ? readCrashPlan(crashText) : null;
  if (crashText && !crashAt) {
    return refuse(
      `ROOST_SANDBOX_CRASH_AT must be a point and perhaps :n, of ${crashPoints.join(", ")}.`,
    );
  }
  const crashFile = env["ROOST_SANDBOX_CRASH_FILE"] ?? null;
  const controlText = env["ROOST_SANDBOX_CONTROL_URL"];
  if (!controlText) return { whatsappUrl, rootKey, controlUrl: null, crashAt, crashFile };
  const controlUrl = URL.parse(controlText);
  if (!controlUrl || controlUrl.protocol !== "http:" || !loopback.has(controlUrl.hostname)) {
    return refuse("ROOST_SANDBOX_CONTROL_URL must be an http:// address on loopback.");
  }
  return { whatsappUrl, rootKey, controlUrl, crashAt, crashFile };
}

function decodeKey(text: string | undefined): Buffer | null {
  const key = Buffer.from(text ?? "", "base64");
  return key.length === 32 ? key : null;
}
