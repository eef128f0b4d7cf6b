import type { Lease } from "@roost/contract/host";
import { id } from "@roost/contract/ids";
import { HostName } from "@roost/contract/host";
import { z } from "zod";
import { describeError, type log } from "../log.ts";

/** A wake-up: it names a lease, and the account still has to say that it is one. */
export const SendJob = z.strictObject({
  account: id("account"),
  lease: id("lease"),
  host: HostName,
});
export type SendJob = z.infer<typeof SendJob>;

export type SendJobsDeps = {
  /** The lease if it is still to be delivered, null otherwise. */
  take: (job: SendJob) => Promise<{ host: string; lease: Lease } | null>;
  /** False when the host is not connected: then the account's watchdog offers the lease again. */
  deliver: (host: string, leases: Lease[]) => Promise<boolean>;
  log: typeof log;
};

type Received = Pick<Message, "body" | "ack" | "retry">;

const QUEUE = "send-jobs";

/**
 * Carries leases to their hosts, those of one host in one call. A message that is lost, repeated or
 * out of order does no harm: the account knows which leases are open and who has fetched them.
 */
export async function consumeSendJobs(
  messages: readonly Received[],
  deps: SendJobsDeps,
): Promise<void> {
  const taken = await Promise.all(messages.map((message) => take(message, deps)));
  const byHost = new Map<string, Lease[]>();
  for (const lease of taken) {
    if (lease !== null) byHost.set(lease.host, [...(byHost.get(lease.host) ?? []), lease.lease]);
  }
  await Promise.all([...byHost].map(([host, leases]) => deliver(host, leases, deps)));
}

async function take(message: Received, deps: SendJobsDeps) {
  const job = SendJob.safeParse(message.body);
  if (!job.success) {
    deps.log({ event: "job.malformed", queue: QUEUE });
    message.ack();
    return null;
  }
  try {
    const taken = await deps.take(job.data);
    message.ack();
    return taken;
  } catch (error) {
    const { account, lease } = job.data;
    deps.log({ event: "job.failed", queue: QUEUE, account, lease, error: describeError(error) });
    message.retry();
    return null;
  }
}

async function deliver(host: string, leases: Lease[], deps: SendJobsDeps): Promise<void> {
  try {
    await deps.deliver(host, leases);
  } catch (error) {
    for (const { account, id } of leases) {
      const facts = { account, lease: id, error: describeError(error) };
      deps.log({ event: "job.failed", queue: QUEUE, ...facts });
    }
  }
}
