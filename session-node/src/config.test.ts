import { expect, test } from "vitest";
import { ConfigError, readConfig } from "./config.ts";

const key = Buffer.alloc(32, 1).toString("base64");
const otherKey = Buffer.alloc(32, 2).toString("base64");
const production = {
  ROOST_EDGE_URL: "https://roost.example.com",
  ROOST_HOST_NAME: "host-1",
  ROOST_HOST_SECRET: "a secret that is long enough to count",
  ROOST_KEY_ENCRYPTION_KEY: key,
};
const sandbox = {
  ...production,
  ROOST_EDGE_URL: "http://127.0.0.1:8787",
  ROOST_SANDBOX: "1",
  ROOST_SANDBOX_WHATSAPP_URL: "ws://127.0.0.1:8788/ws/chat",
  ROOST_SANDBOX_ROOT_KEY: otherKey,
};

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

test("a production host dials the edge over TLS and knows no sandbox", () => {
  const config = readConfig(production);
  expect(config.socketUrl.href).toBe("wss://roost.example.com/v1/hosts/socket");
  expect(config).toMatchObject({ hostName: "host-1", capacity: 200, sandbox: null });
});

test("a host may say its region and its memory, and is refused nonsense of either", () => {
  const env = { ...production, ROOST_HOST_REGION: "eu-west", ROOST_HOST_MEMORY_MB: "512" };
  expect(readConfig(env)).toMatchObject({ region: "eu-west", memoryLimitBytes: 512 * 1024 ** 2 });
  expect(readConfig(production)).toMatchObject({ region: null, memoryLimitBytes: null });
  expect(
    problemsOf({ ...production, ROOST_HOST_REGION: "EU!", ROOST_HOST_MEMORY_MB: "1g" }),
  ).toEqual([
    "ROOST_HOST_REGION must be a name like eu-west, or left out.",
    "ROOST_HOST_MEMORY_MB must be a number of megabytes from 128, or left out.",
  ]);
});

test("a sandbox host trusts the sandbox's root, on loopback", () => {
  const config = readConfig({ ...sandbox, ROOST_SANDBOX_CONTROL_URL: "http://127.0.0.1:8788" });
  expect(config.socketUrl.href).toBe("ws://127.0.0.1:8787/v1/hosts/socket");
  expect(config.sandbox?.rootKey.equals(Buffer.from(otherKey, "base64"))).toBe(true);
  expect(config.sandbox?.controlUrl?.port).toBe("8788");
});

test("during a change of the key both are known, the new one first", () => {
  const config = readConfig({ ...production, ROOST_OLD_KEY_ENCRYPTION_KEY: otherKey });
  expect(config.keyEncryptionKeys.map((bytes) => bytes.toString("base64"))).toEqual([
    key,
    otherKey,
  ]);
});

test.each([
  ["ROOST_SANDBOX_ROOT_KEY", otherKey],
  ["ROOST_SANDBOX_WHATSAPP_URL", "ws://127.0.0.1:8788/ws/chat"],
  ["ROOST_SANDBOX_CONTROL_URL", "http://127.0.0.1:8788"],
  ["ROOST_SANDBOX_CRASH_AT", "message_arrived"],
  ["ROOST_SANDBOX_CRASH_FILE", "/tmp/crash"],
])("%s without sandbox mode is refused", (name, value) => {
  expect(problemsOf({ ...production, [name]: value })).toEqual([
    expect.stringContaining(`${name} is set without ROOST_SANDBOX=1`),
  ]);
});

test.each([
  ["ROOST_EDGE_URL", "http://roost.example.com", "must be https"],
  ["ROOST_EDGE_URL", "roost", "must be an address"],
  ["ROOST_HOST_NAME", "Host 1", "must be a name"],
  ["ROOST_HOST_SECRET", "short", "at least 32 characters"],
  ["ROOST_KEY_ENCRYPTION_KEY", "AAAA", "32 bytes in base64"],
  ["ROOST_OLD_KEY_ENCRYPTION_KEY", key, "is the current key"],
  ["ROOST_HOST_CAPACITY", "many", "from 1 to 10000"],
  ["ROOST_SANDBOX", "yes", "must be 1 or left out"],
])("%s=%s is refused with a sentence", (name, value, sentence) => {
  expect(problemsOf({ ...production, [name]: value })).toEqual([expect.stringContaining(sentence)]);
});

test.each([
  ["ROOST_SANDBOX_WHATSAPP_URL", "wss://web.whatsapp.com/ws/chat"],
  ["ROOST_SANDBOX_WHATSAPP_URL", "ws://192.168.1.1:8788/ws/chat"],
  ["ROOST_SANDBOX_CONTROL_URL", "http://example.com"],
])("in sandbox mode %s=%s is refused, because it is not on loopback", (name, value) => {
  expect(problemsOf({ ...sandbox, [name]: value })).toEqual([
    expect.stringContaining("on loopback"),
  ]);
});

test("a sandbox host can be told where to die, at points that exist", () => {
  const { sandbox: told } = readConfig({ ...sandbox, ROOST_SANDBOX_CRASH_AT: "message_durable:2" });
  expect(told?.crashAt).toEqual({ point: "message_durable", passing: 2 });
  expect(problemsOf({ ...sandbox, ROOST_SANDBOX_CRASH_AT: "anywhere" })).toEqual([
    expect.stringContaining("ROOST_SANDBOX_CRASH_AT must be a point"),
  ]);
});

test("all problems are named at once, and none of them repeats a secret", () => {
  const problems = problemsOf({ ROOST_HOST_SECRET: "hunter2" });
  expect(problems.length).toBeGreaterThanOrEqual(4);
  expect(problems.join(" ")).not.toContain("hunter2");
});
