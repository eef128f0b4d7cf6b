import { Health } from "@roost/contract/accounts";
import { Queue } from "@roost/contract/queue";
import { afterEach, expect, test, vi } from "vitest";
import { FakeHost } from "../../../test/workers/fake-host.ts";
import { givenConnected, send } from "../../../test/workers/given-account.ts";
import { call } from "../../../test/workers/given.ts";

afterEach(() => FakeHost.retireAll());

const HOUR = 3_600_000;
const clockTime = (at: number) => new Date(at).toISOString().slice(11, 16);

test("in the quiet hours replies go out, and the rest waits until they end", async () => {
  const host = new FakeHost();
  host.isSending = false;
  await host.connect();
  const at = await givenConnected(host);
  const now = Date.now();
  const quiet = { start: clockTime(now - HOUR), end: clockTime(now + 2 * HOUR), time_zone: "UTC" };
  const path = `/v1/accounts/${at.account}`;
  const limits = await (await call(`${path}/limits`, { key: at.key })).json<object>();
  const body = { ...limits, quiet_hours: quiet };
  expect((await call(`${path}/limits`, { key: at.key, method: "PUT", body })).status).toBe(200);

  const friend = "5511999990002";
  host.report(at.account, {
    kind: "received",
    wa_id: crypto.randomUUID(),
    peer: { phone: friend, lid: null },
    from_me: false,
    name: "Friend",
    type: "text",
    text: "hello",
    quoted_wa_id: null,
    at: now,
  });
  await host.settled();
  const direct = await send(at);
  const reply = await send(at, { to: `+${friend}` });
  await vi.waitFor(() => expect(host.leased(at.account).map(({ id }) => id)).toEqual([reply.id]));

  const end = new Date(Math.floor((now + 2 * HOUR) / 60_000) * 60_000).toISOString();
  expect(direct.estimated_at).toBe(end);
  const queue = Queue.parse(await (await call(`${path}/queue`, { key: at.key })).json());
  expect(queue.lanes.direct).toMatchObject({
    waiting_for: { code: "quiet_hours" },
    waiting_until: end,
  });
  const health = Health.parse(await (await call(`${path}/health`, { key: at.key })).json());
  expect(health.quiet_until).toBe(end);
});

test("hours that are no hours, and zones that are no zones, are refused", async () => {
  const host = await new FakeHost().connect();
  const at = await givenConnected(host);
  const path = `/v1/accounts/${at.account}/limits`;
  const limits = await (await call(path, { key: at.key })).json<object>();
  for (const wrong of [
    { start: "22:00", end: "22:00", time_zone: "UTC" },
    { start: "24:00", end: "08:00", time_zone: "UTC" },
    { start: "22:00", end: "08:00", time_zone: "Mars/Olympus" },
  ]) {
    const body = { ...limits, quiet_hours: wrong };
    expect((await call(path, { key: at.key, method: "PUT", body })).status).toBe(422);
  }
});
