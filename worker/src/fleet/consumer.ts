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
  /** False when the host is not connected. */
  deliver: (host: string, leases: Lease[]) => Promise<boolean>;
  /** The lease was taken and not delivered: it may be taken again. */
  putBack: (lease: Lease) => Promise<void>;
  log: typeof log;
};

type Received = Pick<Message, "body" | "ack" | "retry">;
/** A lease on its way, and the message that named it. */
type Taken = { host: string; lease: Lease; message: Received };

const QUEUE = "send-jobs";
/** A host that is just redialling is there again by then. */
const RETRY_AFTER_SECONDS = 2;

/**
 * Carries leases to their hosts, those of one host in one call. A message that is lost, repeated or
 * out of order does no harm: the account knows which leases are open and who has fetched them.
 */
export async function consumeSendJobs(
  messages: readonly Received[],
  deps: SendJobsDeps,
): Promise<void> {
  const taken = await Promise.all(messages.map((message) => take(message, deps)));
  const byHost = new Map<string, Taken[]>();
  for (const one of taken) {
    if (one !== null) byHost.set(one.host, [...(byHost.get(one.host) ?? []), one]);
  }
  await Promise.all([...byHost].map(([host, leases]) => deliver(host, leases, deps)));
}

async function take(message: Received, deps: SendJobsDeps): Promise<Taken | null> {
  const job = SendJob.safeParse(message.body);
  if (!job.success) {
    deps.log({ event: "job.malformed", queue: QUEUE });
    message.ack();
    return null;
  }
  try {
    const taken = await deps.take(job.data);
    if (taken !== null) return { ...taken, message };
    message.ack();
  } catch (error) {
    const { account, lease } = job.data;
    deps.log({ event: "job.failed", queue: QUEUE, account, lease, error: describeError(error) });
    message.retry();
  }
  return null;
}

async function deliver(host: string, taken: Taken[], deps: SendJobsDeps): Promise<void> {
  let isDelivered = false;
  try {
    isDelivered = await deps.deliver(
      host,
      taken.map(({ lease }) => lease),
    );
  } catch (error) {
    for (const { lease } of taken) logFailure(lease, error, deps);
  }
  if (isDelivered) for (const { message } of taken) message.ack();
  else await Promise.all(taken.map((one) => tryLater(one, deps)));
}

/** After a few tries the account's watchdog offers it again. */
async function tryLater({ lease, message }: Taken, deps: SendJobsDeps): Promise<void> {
  try {
    await deps.putBack(lease);
  } catch (error) {
    logFailure(lease, error, deps);
  }
  message.retry({ delaySeconds: RETRY_AFTER_SECONDS });
}

function logFailure({ account, id }: Lease, error: unknown, deps: SendJobsDeps): void {
  const facts = { account, lease: id, error: describeError(error) };
  deps.log({ event: "job.failed", queue: QUEUE, ...facts });
}
