import { FleetError, HostDetail } from "@roost/contract/admin";
import { listOf } from "@roost/contract/lists";
import { afterEach, expect, test, vi } from "vitest";
import { FakeHost } from "../../test/workers/fake-host.ts";
import { givenConnected } from "../../test/workers/given-account.ts";
import { call, givenPlatformAdmin } from "../../test/workers/given.ts";

afterEach(() => FakeHost.retireAll());

async function hostOf(session: string, name: string): Promise<HostDetail> {
  return HostDetail.parse(await (await call(`/v1/admin/hosts/${name}`, { session })).json());
}

test("an admin sees a host with its load, and whose accounts are on it", async () => {
  const { session } = await givenPlatformAdmin();
  const host = await new FakeHost().connect();
  const { account, tenantId } = await givenConnected(host);
  host.beat();
  await vi.waitFor(async () => {
    const detail = await hostOf(session, host.name);
    expect(detail).toMatchObject({ name: host.name, state: "up", accounts: 1, errors: [] });
    expect(detail.load).toMatchObject({
      sessions: 1,
      capacity: 1_000,
      memory_limit_bytes: 1_000_000_000,
    });
    expect(detail.hosted).toMatchObject([{ id: account, tenant: tenantId, state: "connected" }]);
  });
  host.disconnect();
  await vi.waitFor(async () => {
    expect(await hostOf(session, host.name)).toMatchObject({ state: "down", load: null });
  });
});

test("a host with too little memory is unwell until it has clearly more", async () => {
  const { session } = await givenPlatformAdmin();
  const host = await new FakeHost().connect();
  const is = (state: string) =>
    vi.waitFor(async () => expect((await hostOf(session, host.name)).state).toBe(state));
  for (const [rssMegabytes, state] of [
    [950, "unwell"],
    [850, "unwell"],
    [700, "up"],
    [850, "up"],
  ] as const) {
    host.rssMegabytes = rssMegabytes;
    host.beat();
    await is(state);
  }
});

test("errors are counted by kind, a repeated frame once, and what was wanted not at all", async () => {
  const { session } = await givenPlatformAdmin();
  const host = await new FakeHost().connect();
  const { account } = await givenConnected(host);
  host.session(account, { state: "reconnecting", reason: "bad_frame" });
  host.session(account, { state: "reconnecting", reason: "restart_required" });
  await host.settled();
  host.repeatAll();
  await vi.waitFor(async () => {
    const { errors } = await hostOf(session, host.name);
    expect(errors).toMatchObject([{ reason: { code: "bad_frame" }, count: 1 }]);
  });
  const answer = await call("/v1/admin/errors", { session });
  const { data } = listOf(FleetError).parse(await answer.json());
  expect(data).toContainEqual(
    expect.objectContaining({ reason: expect.objectContaining({ code: "bad_frame" }), hosts: 1 }),
  );
});

test("a drained host is told so, also when it comes back, until it is resumed", async () => {
  const { session } = await givenPlatformAdmin();
  const host = await new FakeHost().connect();
  const path = `/v1/admin/hosts/${host.name}`;
  const drained = await call(`${path}/drain`, { session, method: "POST" });
  expect(HostDetail.parse(await drained.json()).state).toBe("draining");
  await host.next("drain");
  host.disconnect();
  await host.connect();
  await vi.waitFor(() => expect(host.count("drain")).toBe(2));
  const resumed = await call(`${path}/resume`, { session, method: "POST" });
  expect(HostDetail.parse(await resumed.json()).state).toBe("up");
  await host.next("resume");
});

test("a host is not emptied while the others have no room for its accounts", async () => {
  const { session } = await givenPlatformAdmin();
  const host = await new FakeHost().connect();
  await givenConnected(host);
  const drain = () => call(`/v1/admin/hosts/${host.name}/drain`, { session, method: "POST" });
  const refused = await drain();
  expect(refused.status).toBe(409);
  expect(await refused.json()).toMatchObject({
    code: "invalid_state",
    detail: "It has an account, and the other hosts have room for none. Add a host first.",
  });
  expect(host.count("drain")).toBe(0);
  await new FakeHost().connect();
  await vi.waitFor(async () => expect((await drain()).status).toBe(200));
  await host.next("drain");
});
