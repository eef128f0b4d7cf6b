import { expect, test, vi } from "vitest";
import { defaultTimings } from "../timings.ts";
import { AuthState } from "./keys/auth-state.ts";
import { Connection } from "./connection.ts";
import { newDeviceCaches } from "./device-caches.ts";
import type { Told } from "./inbound/intake.ts";

/** A connection that gets nowhere: what it does with a message does not depend on it. */
function given() {
  const told = vi.fn<(told: Told) => Promise<void>>(async () => undefined);
  const auth = AuthState.create({
    account: "acc_1",
    keyEncryptionKeys: [Buffer.alloc(32, 1)],
    fetch: async (names) => names.map(() => null),
    write: () => undefined,
    onUnreadable: () => undefined,
    flushMs: 60_000,
  });
  const drop = () => undefined;
  const connection = new Connection(
    {
      auth,
      caches: newDeviceCaches(),
      url: new URL("ws://127.0.0.1:9/"),
      method: "login",
      timings: defaultTimings,
      sentMessage: () => undefined,
      passing: drop,
    },
    {
      opened: drop,
      ended: drop,
      qr: drop,
      paired: drop,
      offlineQueueThrough: drop,
      acknowledged: drop,
      receipt: async () => undefined,
      told,
      missed: async () => undefined,
      standing: drop,
      phoneSeen: drop,
      untranslated: drop,
    },
  );
  return { connection, told };
}

test("what came in before the end is handed on first, however long the look at the keys takes", async () => {
  const { connection, told } = given();
  const found = Promise.withResolvers<string | null>();
  connection.socket.signalRepository.lidMapping.getPNForLID = () => found.promise;
  const key = { remoteJid: "100@lid", id: "3EB0A", fromMe: false };
  connection.socket.ev.emit("messages.upsert", {
    type: "notify",
    messages: [{ key, message: { conversation: "hello" }, messageTimestamp: 1 }],
  });
  connection.end(null);
  const handedOn = connection.handedOn();
  const early = new Promise((resolve) => setImmediate(() => resolve("early")));
  await expect(Promise.race([handedOn, early])).resolves.toBe("early");
  found.resolve("1555@s.whatsapp.net");
  await handedOn;
  expect(told).toHaveBeenCalledTimes(1);
  expect(told.mock.calls[0]?.[0]).toMatchObject({ peer: { phone: "1555", lid: "100" } });
});
