import { configOf } from "../config.ts";
import { placeAccount } from "../fleet/place-account.ts";
import { hostStub } from "../fleet/stubs.ts";
import { tenantStub } from "../tenants/tenant-stub.ts";
import { AccountEngine } from "./account-engine.ts";
import type { AccountStore } from "./account-store.ts";
import { defaultLimits } from "./limits/default-limits.ts";
import { LiveStream } from "./live-stream.ts";
import { ProjectionWriter } from "./project-account.ts";
import { Placement } from "./session/placement.ts";
import { SessionControl } from "./session/session-control.ts";

/** An engine with all that an account needs of the world: hosts, the fleet, its tenant, D1, the queue. */
export function startEngine(store: AccountStore, env: Env, ctx: DurableObjectState): AccountEngine {
  const { id, tenant, region = null } = store.account();
  return new AccountEngine({
    store,
    sessions: new SessionControl(store, {
      place: (account, avoid) => placeAccount(env, region, { account, tenant, avoid }),
      command: (host, frame) => hostStub(env, host).command(frame, tenant),
    }),
    placement: new Placement(),
    projection: new ProjectionWriter(env.DB),
    stream: new LiveStream(
      (watcher, events) => tenantStub(env, watcher).publish(events),
      ctx.storage.kv,
    ),
    carrier: {
      handOver: (host, leases) => hostStub(env, host).deliver(leases),
      nudge: async (jobs) => {
        await env.SEND_JOBS.sendBatch(jobs.map((body) => ({ body })));
      },
    },
    takeAllowance: (known, want) => tenantStub(env, tenant).takeAllowance(id, known, want),
    defaultLimits: defaultLimits(configOf(env).isSandbox),
    setAlarm: (at) => void ctx.storage.setAlarm(at),
    background: (work) => ctx.waitUntil(work),
    abort: () => ctx.abort("the tick could not be written"),
  });
}
