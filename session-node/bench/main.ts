import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { seed } from "../../worker/local/seed.ts";
import { startStack } from "../../worker/local/stack.ts";
import { accountNumber } from "./contacts.ts";
import { RawBaileys } from "./raw-process.ts";
import { RoostBench } from "./roost.ts";

/**
 * `npm run bench`: Roost and raw Baileys side by side, in one run, on the same WhatsApp sandbox.
 * What counts are the ratios; the absolute figures belong to the machine.
 */
const RAW_BASE = 15_570_000_000;
const ROOST_BASE = 15_580_000_000;
const MANY_ACCOUNTS = 50;
const CONTACTS = 20;
/** So many messages from the first account before anything is measured: code gets compiled. */
const WARM_UP = 300;
const MEBIBYTE = 1024 * 1024;

const { values: options } = parseArgs({
  options: {
    /** How many idle sessions the memory is measured up to. */
    idle: { type: "string", default: "200" },
    /** Write the table into this folder's README. */
    write: { type: "boolean", default: false },
  },
});

type Row = { what: string; raw: string; roost: string; ratio: string };
const rows: Row[] = [];
const directory = mkdtempSync(join(tmpdir(), "roost-bench-"));

function note(
  what: string,
  raw: number | null,
  roost: number,
  unit: string,
  lessIsBetter = false,
): void {
  const ratio = raw === null ? null : lessIsBetter ? raw / roost : roost / raw;
  rows.push({
    what,
    raw: raw === null ? "" : `${round(raw)} ${unit}`,
    roost: `${round(roost)} ${unit}`,
    ratio: ratio === null ? "" : ratio.toFixed(2),
  });
  console.log(rows.at(-1));
}

function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}

async function main(): Promise<void> {
  await using stack = await startStack({ directory, port: 28_787 });
  const sandbox = await seed(stack);
  await using raw = await RawBaileys.start(stack.sandboxUrl);
  const roost = new RoostBench(stack, sandbox.tenant.api_key);
  const idle = Number(options.idle);

  const linkUpTo = async (count: number): Promise<void> => {
    const numbers: string[] = [];
    for (let index = roost.accounts.length; index < count; index++) {
      await roost.link(accountNumber(ROOST_BASE, index));
      numbers.push(accountNumber(RAW_BASE, index));
    }
    await raw.run({ kind: "pair", numbers });
  };

  // Memory of idle sessions first: what is sent later would show in it.
  await linkUpTo(20);
  const few = { raw: await raw.run({ kind: "rss" }), roost: roost.hostMemory() };
  if (idle > 20) {
    await linkUpTo(idle);
    const full = { raw: await raw.run({ kind: "rss" }), roost: roost.hostMemory() };
    const perSession = (from: number, to: number): number => (to - from) / MEBIBYTE / (idle - 20);
    note(
      `RSS per idle session, 20 to ${idle}`,
      perSession(few.raw, full.raw),
      perSession(few.roost, full.roost),
      "MiB",
      true,
    );
  }

  // One account, its contacts warmed on both sides first.
  const one = { kind: "send", accounts: 1, contacts: CONTACTS, inFlight: 16 } as const;
  await raw.run({ ...one, perAccount: WARM_UP });
  await roost.sendThrough(1, WARM_UP, CONTACTS);
  const single = 1_000;
  const perSecond = (messages: number, ms: number): number => messages / (ms / 1000);
  const rawOne = perSecond(single, await raw.run({ ...one, perAccount: single }));
  note(
    "1 account, backlog",
    rawOne,
    perSecond(single, await roost.sendBacklog(1, single, CONTACTS)),
    "messages/s",
  );
  note(
    "1 account, API included",
    rawOne,
    perSecond(single, await roost.sendThrough(1, single, CONTACTS)),
    "messages/s",
  );

  const latency = await roost.latency(200);
  note("request to phone, p50", null, latency.p50, "ms");
  note("request to phone, p99", null, latency.p99, "ms");

  await linkUpTo(MANY_ACCOUNTS);
  const many = { kind: "send", accounts: MANY_ACCOUNTS, contacts: CONTACTS, inFlight: 4 } as const;
  await raw.run({ ...many, perAccount: CONTACTS });
  await roost.sendThrough(MANY_ACCOUNTS, CONTACTS, CONTACTS);
  const each = 60;
  const total = each * MANY_ACCOUNTS;
  const rawMany = perSecond(total, await raw.run({ ...many, perAccount: each }));
  note(
    "50 accounts, backlog",
    rawMany,
    perSecond(total, await roost.sendBacklog(MANY_ACCOUNTS, each, CONTACTS)),
    "messages/s",
  );
  note(
    "50 accounts, API included",
    rawMany,
    perSecond(total, await roost.sendThrough(MANY_ACCOUNTS, each, CONTACTS)),
    "messages/s",
  );

  const accepted = await roost.accept(3_000, 16);
  note("accepted requests", null, accepted.perSecond, "per second");
  note("accept, p50", null, accepted.p50, "ms");
  note("accept, p99", null, accepted.p99, "ms");
}

function table(): string {
  const lines = rows.map(
    ({ what, raw, roost, ratio }) => `| ${what} | ${raw} | ${roost} | ${ratio} |`,
  );
  return ["| what | raw Baileys | Roost | ratio |", "|---|---|---|---|", ...lines].join("\n");
}

try {
  await main();
  const [cpu] = cpus();
  const machine = `${cpus().length} cores (${cpu?.model ?? "unknown"}), ${Math.round(totalmem() / 1024 ** 3)} GiB, Node ${process.version}`;
  console.log(`\n${table()}\n\n${machine}`);
  if (options.write) {
    const file = new URL("./README.md", import.meta.url);
    const results = `<!-- results -->\n\n${table()}\n\n${machine}\n\n<!-- /results -->`;
    const between = /<!-- results -->.*<!-- \/results -->/s;
    writeFileSync(
      file,
      readFileSync(file, "utf8").replace(between, () => results),
    );
    execFileSync("oxfmt", [fileURLToPath(file)]);
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
