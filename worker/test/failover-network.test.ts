import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { build, bundleFile } from "../local/build.ts";
import { FleetOf } from "./fleet-of.ts";
import { givenWorld, until, type World } from "./given.ts";
import { type LinkMode, TcpProxy } from "./lab/tcp-proxy.ts";

/** The network between a host and the edge fails, one way or both, while WhatsApp stays within reach. */
const SILENT_MS = 30_000;

const WHOLE = { lost: [], repeated: [] };

let world: World;
let fleet: FleetOf;
const links = new Map<string, TcpProxy>();

beforeAll(async () => {
  const tampering = {
    bundle: async () => {
      await build();
      return bundleFile;
    },
    bindings: {},
    hostArguments: () => [],
    route: async ({ from, to }: { from: string; to: string }, port: number) => {
      if (from === "client" || to !== "edge") return port;
      const link = links.get(from) ?? (await TcpProxy.open(port));
      links.set(from, link);
      return link.port;
    },
  };
  world = await givenWorld({ hosts: 3, tampering });
  fleet = await FleetOf.of(world, 6);
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  for (const link of links.values()) await link[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await world.stack.ready();
  await fleet.allConnected();
});

/** Two hosts lose the edge at the same time, each in its own way; the third takes what they had. */
test.each([
  ["silent", "no_up"],
  ["no_down", "half_open"],
] satisfies [LinkMode, LinkMode][])(
  "hosts whose links are %s and %s lose their accounts in time, and are fenced when they are back",
  async (...modes) => {
    const lost = modes.map((mode, i) => ({ mode, number: i + 1, link: linkOf(i + 1) }));
    const numbers = lost.map(({ number }) => number);
    const accounts = new Map<number, string[]>();
    for (const number of numbers) accounts.set(number, await fleet.accountsOn(number));
    const accepted = await fleet.sendWhile(modes.join(), async () => {
      const at = Date.now();
      for (const { link, mode } of lost) link.set(mode);
      try {
        await Promise.all(
          lost.map(async ({ mode, number }) => {
            const times = await fleet.elsewhere(numbers, accounts.get(number) ?? [], at);
            console.log(`${mode}: p50 ${times.p50} ms, p95 ${times.p95} ms, max ${times.max} ms`);
            expect(times.max).toBeLessThan(SILENT_MS);
          }),
        );
      } finally {
        for (const { link } of lost) link.set("pass");
      }
      for (const number of numbers) {
        await until(async () => (await fleet.host(number)).state === "up");
      }
    });
    expect(await fleet.broken(accepted)).toEqual(WHOLE);
    expect(fleet.rivals()).toEqual([]);
    await fleet.allConnected();
    for (const number of numbers) expect(await fleet.accountsOn(number)).toEqual([]);
    // The next ones lose something, too.
    await fleet.drain(3, "drain");
    await until(async () => (await fleet.host(3)).accounts === 0);
    await fleet.drain(3, "resume");
  },
);

function linkOf(number: number): TcpProxy {
  const link = links.get(`host-${number}`);
  if (link === undefined) throw new Error(`host ${number} has no link`);
  return link;
}
