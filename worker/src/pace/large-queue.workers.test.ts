import { Queue } from "@roost/contract/queue";
import { afterEach, expect, test } from "vitest";
import { FakeHost } from "../../test/workers/fake-host.ts";
import { call } from "../../test/workers/given.ts";
import { givenConnected } from "../../test/workers/given-account.ts";

afterEach(() => FakeHost.retireAll());

const BATCHES = 20;

test("clearing a large queue lets others have their turn", { timeout: 120_000 }, async () => {
  const host = new FakeHost();
  host.isSending = false;
  await host.connect();
  const { key, account } = await givenConnected(host);
  const queue = `/v1/accounts/${account}/queue`;
  await call(queue, { key, method: "PUT", body: { state: "paused" } });
  for (let batch = 0; batch < BATCHES; batch++) {
    const messages = Array.from({ length: 1_000 }, (_, i) => ({
      account,
      to: `+5511${String(90_000_000 + (i % 500))}`,
      text: { body: "hello" },
      client_reference: "large",
    }));
    await call("/v1/messages/batch", { key, body: { messages } });
  }
  const begunAt = Date.now();
  const clearing = call(`${queue}/clear`, {
    key,
    body: { filter: { client_reference: "large" } },
  });
  const waits: number[] = [];
  const ask = async (): Promise<void> => {
    const askedAt = Date.now();
    const { counts } = Queue.parse(await (await call(queue, { key })).json());
    waits.push(Date.now() - askedAt);
    if (counts.accepted > 0) await ask();
  };
  await ask();
  expect(await (await clearing).json()).toEqual({ cancelled: BATCHES * 1_000, begun: 0 });
  console.log(
    `cleared ${BATCHES * 1_000} in ${Date.now() - begunAt} ms; others waited ${Math.max(...waits)} ms at most, ${waits.length} of them`,
  );
  expect(waits.length).toBeGreaterThan(3);
  expect(Math.max(...waits)).toBeLessThan(2_000);
});
