import { rm } from "node:fs/promises";
import { expect, onTestFinished, test } from "vitest";
import { ConfigError, readConfig } from "./config.ts";
import { startSandbox } from "./sandbox.ts";
import { givenDirectory } from "./test/given.ts";

test("without settings it listens on 127.0.0.1:8788 and keeps its things in .roost/whatsapp", () => {
  expect(readConfig({})).toEqual({
    host: "127.0.0.1",
    port: 8788,
    directory: ".roost/whatsapp",
  });
});

test.each(["127.0.0.1", "127.1.2.3", "localhost", "::1"])("%s is loopback", (host) => {
  expect(readConfig({ ROOST_SANDBOX_HOST: host }).host).toBe(host);
});

test.each(["0.0.0.0", "::", "192.168.1.5", "example.com", "127.0.0.1.example.com", ""])(
  "%s is refused",
  (host) => {
    expect(() => readConfig({ ROOST_SANDBOX_HOST: host })).toThrow(ConfigError);
  },
);

test("started by code it refuses to leave loopback just the same", async () => {
  const directory = await givenDirectory();
  onTestFinished(() => rm(directory, { recursive: true }));
  await expect(startSandbox({ directory, port: 0, host: "0.0.0.0" })).rejects.toThrow(ConfigError);
});

test("two sandboxes never share a directory", async () => {
  const directory = await givenDirectory();
  onTestFinished(() => rm(directory, { recursive: true }));
  await using _first = await startSandbox({ directory, port: 0 });
  await expect(startSandbox({ directory, port: 0 })).rejects.toThrow(/locked/);
});
