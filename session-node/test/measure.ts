import "../src/whatsapp/quiet.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Id } from "@roost/contract/ids";
import { SandboxProcess } from "../sandbox/test/process.ts";
import { eventually } from "./eventually.ts";
import { FakeEdge } from "./fake-edge.ts";
import { HostProcess } from "./host-process.ts";
import { RawClients } from "./raw-clients.ts";

/**
 * The host against raw Baileys on the same sandbox, each in a process of its own.
 * `node session-node/test/measure.ts [raw|host] [accounts] [messages per account]`, and what comes in:
 * `node session-node/test/measure.ts receive [accounts] [messages per account] [ms to the edge]`
 */
const arm = process.argv[2] ?? "host";
const accounts = Number(process.argv[3] ?? 1);
const perAccount = Number(process.argv[4] ?? 500);
const CONTACTS = 4;

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const directory = await mkdtemp(join(tmpdir(), "roost-measure-"));
try {
  await using sandbox = await SandboxProcess.start(directory);
  if (arm === "raw") await measureRaw(sandbox);
  else if (arm === "receive") await measureReceiving(sandbox, Number(process.argv[5] ?? 0));
  else await measureHost(sandbox);
} finally {
  await rm(directory, { recursive: true, force: true });
}

function contact(account: number, n: number): string {
  return String(4_915_220_000_001 + account * CONTACTS + (n % CONTACTS));
}

async function scan(sandbox: SandboxProcess, account: number, qr: string): Promise<void> {
  const number = String(4_915_110_000_001 + account);
  const response = await fetch(`${sandbox.url}/phones/${number}/scan`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ qr }),
  });
  if (!response.ok) throw new Error(await response.text());
}

function rate(name: string, count: number, startedAt: number, cpuMs: number): void {
  const ms = performance.now() - startedAt;
  say(
    `${arm} ${name}: ${count} in ${(ms / 1000).toFixed(2)} s = ${((count / ms) * 1000).toFixed(0)}/s, ${(cpuMs / count).toFixed(2)} ms CPU each`,
  );
}

async function measureRaw(sandbox: SandboxProcess): Promise<void> {
  using raw = new RawClients(sandbox);
  for (let index = 0; index < accounts; index++) {
    await raw.link((qr) => scan(sandbox, index, qr));
  }
  await delay(1_500);
  await rawSend("cold", CONTACTS, 1);
  await rawSend("warm, 1 in flight", perAccount, 1);
  await rawSend("warm, 4 in flight", perAccount, 4);
  say(`raw rss ${(process.memoryUsage.rss() / 1e6).toFixed(0)} MB`);
  const startedAt = performance.now();
  await raw.reconnectAll();
  rate("reconnect", accounts, startedAt, 0);

  async function rawSend(name: string, each: number, inFlight: number): Promise<void> {
    const cpu = process.cpuUsage();
    const startedAt = performance.now();
    await raw.sendAll(each, inFlight, contact);
    const { user, system } = process.cpuUsage(cpu);
    rate(name, each * accounts, startedAt, (user + system) / 1000);
  }
}

function hostEnvironment(edge: FakeEdge, sandbox: SandboxProcess): Record<string, string> {
  return {
    ROOST_EDGE_URL: edge.url,
    ROOST_HOST_NAME: "host-1",
    ROOST_HOST_SECRET: edge.secret,
    ROOST_KEY_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString("base64"),
    ROOST_SANDBOX: "1",
    ROOST_SANDBOX_WHATSAPP_URL: sandbox.webSocketUrl,
    ROOST_SANDBOX_ROOT_KEY: sandbox.rootPublicKey.toString("base64"),
  };
}

/** What waited for the accounts comes all at once: until the edge has it, and until WhatsApp knows. */
async function measureReceiving(sandbox: SandboxProcess, ackDelayMs: number): Promise<void> {
  await using edge = await FakeEdge.start();
  edge.ackDelayMs = ackDelayMs;
  await using host = new HostProcess(hostEnvironment(edge, sandbox));
  await edge.hostConnected();
  const ids: Id<"account">[] = [];
  for (let index = 0; index < accounts; index++) {
    const account = edge.newAccount();
    ids.push(account);
    edge.start(account, { method: "qr", phone: null });
    const { qr } = await edge.expect("link", account, { state: "waiting_for_scan" });
    await scan(sandbox, index, qr ?? "");
    await edge.expect("session", account, { state: "connected" });
  }
  await receive("cold", CONTACTS);
  await receive("warm", perAccount);
  await receive("warm again", perAccount);

  async function receive(name: string, each: number): Promise<void> {
    for (const account of ids) {
      edge.stop(account, "close");
      const { epoch } = edge.account(account);
      await edge.expect("session", account, { state: "ended", epoch });
    }
    await Promise.all(ids.map((_, index) => writeTo(sandbox, index, each)));
    const cpu = await host.cpuMs();
    const from = edge.reports.length;
    const startedAt = performance.now();
    for (const account of ids) edge.start(account);
    await eventually(() => {
      const came = edge.reports.slice(from).filter(({ kind }) => kind === "received").length;
      if (came < each * ids.length) throw new Error(`${came} received`);
    }, 120_000);
    rate(`${name}, at the edge`, each * ids.length, startedAt, (await host.cpuMs()) - cpu);
    await eventually(async () => {
      for (let index = 0; index < ids.length; index++) await expectNonePending(sandbox, index);
    }, 120_000);
    rate(`${name}, WhatsApp knows`, each * ids.length, startedAt, (await host.cpuMs()) - cpu);
  }
}

async function writeTo(sandbox: SandboxProcess, account: number, count: number): Promise<void> {
  const to = String(4_915_110_000_001 + account);
  for (let n = 0; n < count; n++) {
    const response = await fetch(`${sandbox.url}/phones/${contact(account, n)}/messages`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ to, text: `message ${n}` }),
    });
    if (!response.ok) throw new Error(await response.text());
  }
}

async function expectNonePending(sandbox: SandboxProcess, account: number): Promise<void> {
  const response = await fetch(`${sandbox.url}/phones/${4_915_110_000_001 + account}`);
  const phone = (await response.json()) as { companions: { pending: number }[] };
  if (phone.companions.some(({ pending }) => pending > 0)) throw new Error("some are pending");
}

async function measureHost(sandbox: SandboxProcess): Promise<void> {
  await using edge = await FakeEdge.start();
  const env = hostEnvironment(edge, sandbox);
  const ids: Id<"account">[] = [];
  {
    await using host = new HostProcess(env);
    await edge.hostConnected();
    for (let index = 0; index < accounts; index++) {
      const account = edge.newAccount();
      ids.push(account);
      edge.start(account, { method: "qr", phone: null });
      const { qr } = await edge.expect("link", account, { state: "waiting_for_scan" });
      await scan(sandbox, index, qr ?? "");
      await edge.expect("session", account, { state: "connected" });
    }
    await delay(1_500);
    await hostSend(host, "cold", CONTACTS);
    await hostSend(host, "warm", perAccount);
    await hostSend(host, "warm again", perAccount);
    say(`host rss ${((await host.rss()) / 1e6).toFixed(0)} MB`);
    const before = edge.hellos.length;
    await host.end("SIGTERM");
    say(`host left: ${host.lines.at(-1)}`);
    if (edge.hellos.length !== before) throw new Error("it came back");
  }
  await using host = new HostProcess(env);
  await eventually(() => {
    if (edge.hellos.length < 2 || !edge.isConnected) throw new Error("not yet");
  });
  const idleRss = await host.rss();
  const startedAt = performance.now();
  const keyRequests = edge.keyRequests;
  const from = edge.reports.length;
  for (const account of ids) edge.start(account);
  await eventually(() => {
    const connected = edge.reports
      .slice(from)
      .filter((report) => report.kind === "session" && report.state === "connected").length;
    if (connected < accounts) throw new Error(`${connected} connected`);
  }, 60_000);
  rate("reconnect", accounts, startedAt, await host.cpuMs());
  say(`key requests ${edge.keyRequests - keyRequests}`);
  // A quiet host gives its garbage back within a few seconds.
  await delay(12_000);
  const rss = await host.rss();
  say(
    `host idle rss ${(rss / 1e6).toFixed(0)} MB, ${((rss - idleRss) / accounts / 1e6).toFixed(2)} MB each, before ${(idleRss / 1e6).toFixed(0)} MB`,
  );

  async function hostSend(host: HostProcess, name: string, each: number): Promise<void> {
    const cpu = await host.cpuMs();
    const from = edge.reports.length;
    const startedAt = performance.now();
    for (const [index, account] of ids.entries()) {
      const messages = Array.from({ length: each }, (_, n) =>
        edge.message(account, contact(index, n)),
      );
      edge.lease(account, messages);
    }
    let done = 0;
    let seen = from;
    await eventually(() => {
      for (; seen < edge.reports.length; seen++) {
        const report = edge.reports[seen];
        if (report?.kind === "outcome" && report.result === "sent") done += 1;
      }
      if (done < each * ids.length) throw new Error(`${done} sent`);
    }, 120_000);
    rate(name, each * ids.length, startedAt, (await host.cpuMs()) - cpu);
  }
}
