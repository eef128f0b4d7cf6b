import type { Lease } from "@roost/contract/host";
import type { Id } from "@roost/contract/ids";
import { expect, test, vi } from "vitest";
import { consumeSendJobs, type SendJob, type SendJobsDeps } from "./consumer.ts";

const id = <K extends "acc" | "lse">(prefix: K, n: number) =>
  `${prefix}_${String(n).padStart(26, "0")}` as const;

function job(n: number, host = "host-1"): SendJob {
  return { account: id("acc", n), lease: id("lse", n), host };
}

function lease(n: number): Lease {
  return { id: id("lse", n), account: id("acc", n), epoch: 1, messages: [] };
}

function given(overrides: Partial<SendJobsDeps> = {}) {
  const delivered: [string, Id<"lease">[]][] = [];
  const deps: SendJobsDeps = {
    take: async ({ account, host }) => ({ host, lease: lease(Number(account.slice(4))) }),
    deliver: async (host, leases) => {
      delivered.push([host, leases.map((one) => one.id)]);
      return true;
    },
    putBack: vi.fn(async () => {}),
    log: vi.fn(),
    ...overrides,
  };
  const message = (body: unknown) => ({ body, ack: vi.fn(), retry: vi.fn() });
  return { deps, delivered, message };
}

test("leases of one host travel in one call", async () => {
  const { deps, delivered, message } = given();
  const jobs = [job(1), job(2, "host-2"), job(3)].map(message);
  await consumeSendJobs(jobs, deps);
  expect(delivered).toEqual([
    ["host-1", [id("lse", 1), id("lse", 3)]],
    ["host-2", [id("lse", 2)]],
  ]);
  for (const { ack } of jobs) expect(ack).toHaveBeenCalledOnce();
});

test("a lease that was taken or given up is acknowledged and not delivered", async () => {
  const { deps, delivered, message } = given({ take: async () => null });
  const old = message(job(1));
  await consumeSendJobs([old], deps);
  expect(old.ack).toHaveBeenCalledOnce();
  expect(delivered).toEqual([]);
});

test("a job nobody can read is logged and dropped, and the others go on", async () => {
  const { deps, delivered, message } = given();
  const bad = message({ account: "x" });
  await consumeSendJobs([bad, message(job(1))], deps);
  expect(bad.ack).toHaveBeenCalledOnce();
  expect(deps.log).toHaveBeenCalledWith({ event: "job.malformed", queue: "send-jobs" });
  expect(delivered).toHaveLength(1);
});

test("a job whose account fails is tried again", async () => {
  const broken = given({
    take: async () => {
      throw new Error("overloaded");
    },
  });
  const retried = broken.message(job(1));
  await consumeSendJobs([retried], broken.deps);
  expect(retried.retry).toHaveBeenCalledOnce();
});

test.each([
  ["is away", async () => false],
  [
    "fails",
    async () => {
      throw new Error("overloaded");
    },
  ],
])("a lease whose host %s is put back and tried again a little later", async (_, deliver) => {
  const { deps, message } = given({ deliver });
  const job1 = message(job(1));
  await consumeSendJobs([job1], deps);
  expect(deps.putBack).toHaveBeenCalledExactlyOnceWith(lease(1));
  expect(job1.ack).not.toHaveBeenCalled();
  expect(job1.retry).toHaveBeenCalledExactlyOnceWith({ delaySeconds: 2 });
});

test("a lease that cannot even be put back does not keep the others from it", async () => {
  const { deps, message } = given({ deliver: async () => false });
  deps.putBack = vi.fn(async ({ account }: Lease) => {
    if (account === id("acc", 1)) throw new Error("overloaded");
  });
  const jobs = [job(1), job(2)].map(message);
  await consumeSendJobs(jobs, deps);
  for (const { retry } of jobs) expect(retry).toHaveBeenCalledOnce();
});
