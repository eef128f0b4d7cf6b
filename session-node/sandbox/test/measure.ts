import "../quiet.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type Client, control, linkByQr } from "./client.ts";
import { SandboxProcess } from "./process.ts";

/**
 * What a message costs the sandbox: real clients in this process, the sandbox in its own.
 * `node session-node/sandbox/test/measure.ts [sessions] [messages per session] [contacts]`
 */
const [sessions = 20, perSession = 50, contacts = 4] = process.argv.slice(2, 5).map(Number);

type Stats = {
  cpu_seconds: number;
  stanzas: number;
  decrypted: number;
  rss_bytes: number;
};

/** The network is at rest when it has counted no stanza for so many looks in a row. */
const QUIET_LOOKS = 3;
const LOOK_EVERY_MS = 50;

const directory = await mkdtemp(join(tmpdir(), "roost-measure-"));
try {
  await using sandbox = await SandboxProcess.start(directory);
  const clients: Client[] = [];
  await measure(sandbox, "link", sessions, async () => {
    for (let index = 0; index < sessions; index++) {
      clients.push((await linkByQr(sandbox, String(4_915_110_000_001 + index))).client);
    }
  });
  await measure(sandbox, "cold", sessions * contacts, () => sendAll(clients, contacts));
  await measure(sandbox, "warm", sessions * perSession, () => sendAll(clients, perSession));
  for (const client of clients) client[Symbol.dispose]();
} finally {
  await rm(directory, { recursive: true });
}

async function sendAll(clients: readonly Client[], count: number): Promise<void> {
  await Promise.all(
    clients.map(async ({ socket }, index) => {
      for (let n = 0; n < count; n++) {
        const to = `${4_915_220_000_001 + index * contacts + (n % contacts)}@s.whatsapp.net`;
        await socket.sendMessage(to, { text: `message ${n} of ${index}` });
      }
    }),
  );
}

async function measure(
  sandbox: SandboxProcess,
  name: string,
  count: number,
  run: () => Promise<void>,
): Promise<void> {
  const stats = () => control<Stats>(sandbox, "GET", "/stats");
  const before = await stats();
  const own = process.cpuUsage();
  const startedAt = performance.now();
  await run();
  const seconds = (performance.now() - startedAt) / 1000;
  const after = await atRest(stats);
  const { user, system } = process.cpuUsage(own);
  const cpuMs = ((after.cpu_seconds - before.cpu_seconds) * 1000) / count;
  console.log(
    `${name}: ${count} in ${seconds.toFixed(1)} s, ${(count / seconds).toFixed(0)}/s;`,
    `sandbox ${cpuMs.toFixed(2)} ms CPU each, clients ${((user + system) / 1000 / count).toFixed(2)} ms;`,
    `sandbox RSS ${(after.rss_bytes / 1e6).toFixed(0)} MB, ${after.decrypted - before.decrypted} decrypted`,
  );
}

/** Receipts and acknowledgements are still on their way when the last message is sent. */
async function atRest(stats: () => Promise<Stats>): Promise<Stats> {
  let latest = await stats();
  for (let quiet = 0; quiet < QUIET_LOOKS;) {
    await pause(LOOK_EVERY_MS);
    const next = await stats();
    quiet = next.stanzas === latest.stanzas ? quiet + 1 : 0;
    latest = next;
  }
  return latest;
}
