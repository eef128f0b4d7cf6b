import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import { FakeHost } from "../../test/workers/fake-host.ts";
import { givenConnected, messageIn, send } from "../../test/workers/given-account.ts";
import { accountStub } from "./account-stub.ts";

afterEach(() => FakeHost.retireAll());

/**
 * Rows that the account's object has written so far, and the alarm it has set. Its tables have no index
 * besides their keys, so that a changed row is one row written.
 */
function countRows(account: `acc_${string}`) {
  return runInDurableObject(accountStub(env, account), async (_, { storage }) => {
    const { rows } = storage.sql.exec<{ rows: number }>("SELECT total_changes() AS rows").one();
    return { rows, alarm: await storage.getAlarm() };
  });
}

test("a message costs at most four rows over its whole life", async () => {
  const host = new FakeHost();
  host.isSending = false;
  await host.connect();
  const { key, account } = await givenConnected(host);
  const before = await countRows(account);
  const alarms = new Set<number | null>();
  const messages = 12;
  for (let i = 0; i < messages; i++) {
    const to = `5511999990${String(i).padStart(3, "0")}`;
    const { id, wa_id } = await send({ key, account }, { to }, `key ${i}`);
    await vi.waitFor(() => expect(host.leased(account).map((m) => m.id)).toContain(id), {
      interval: 5,
      timeout: 5_000,
    });
    // As a host tells it: the ack, the keys behind it, a receipt, each in a frame of its own.
    host.outcome(account, id);
    const writes: [string, string][] = [
      [`session:${to}`, "x".repeat(900)],
      ["session:own", "x".repeat(900)],
    ];
    host.report(account, { kind: "keys", data_key: null, writes });
    host.receipt(account, "delivered", to, wa_id ?? "");
    await host.settled();
    // Somebody reads it much later.
    host.receipt(account, "read", to, wa_id ?? "");
    await host.settled();
    await messageIn(key, id, "read");
    alarms.add((await countRows(account)).alarm);
  }
  const { rows } = await countRows(account);
  const each = (rows - before.rows + alarms.size) / messages;
  console.log(`rows written per message, alarms included: ${each.toFixed(2)}`);
  expect(each).toBeLessThanOrEqual(4);
});
