/**
 * The Worker as the lab runs it: the real handlers and the real objects, on a platform that fails.
 * Bundled by the lab alone, and of no use anywhere else: it starts only when the lab says what is wrong.
 */
import type { Report } from "@roost/contract/host";
import { AccountObject as RealAccountObject } from "../../../src/accounts/account-object.ts";
import { makeWorker } from "../../../src/core.ts";
import { FleetObject as RealFleetObject } from "../../../src/fleet/fleet-object.ts";
import { HostObject as RealHostObject } from "../../../src/fleet/host-object.ts";
import { TenantObject as RealTenantObject } from "../../../src/tenants/tenant-object.ts";
import { type CrashPoint, EdgeFaults } from "../edge-faults.ts";
import { ringFaultily } from "./alarms.ts";
import { answerLate } from "./answer-late.ts";
import { reach, tellLab } from "./crash.ts";
import { faultyD1 } from "./faulty-d1.ts";
import { faultyQueue } from "./faulty-queue.ts";
import { tamperWithStorage } from "./faulty-storage.ts";
import { feelAnew, knowFaults, setFaults } from "./present-faults.ts";
import { skewClock, trueTime } from "./skewed-clock.ts";

skewClock();

const worker = makeWorker(async () => new Response("not found", { status: 404 }));
const FAULTS_PATH = "/lab/faults";
/** Rings the minute's bell out of its turn, so that a run need not wait for the next minute. */
const CRON_PATH = "/lab/cron";
const cron = { cron: "* * * * *", noRetry: () => undefined } as const;

export default {
  async fetch(request, env, context) {
    const { pathname } = new URL(request.url);
    if (pathname === FAULTS_PATH && request.method === "PUT") {
      setFaults(EdgeFaults.parse(await request.json()));
      feelAnew();
      return new Response(null, { status: 204 });
    }
    await knowFaults(env);
    if (pathname === CRON_PATH) {
      await worker.scheduled({ ...cron, scheduledTime: Date.now() }, faulty(env), context);
      return new Response(null, { status: 204 });
    }
    return worker.fetch(request, faulty(env), context);
  },
  async queue(batch, env) {
    await knowFaults(env);
    await worker.queue(batch, faulty(env));
  },
  async scheduled(controller, env, context) {
    await knowFaults(env);
    await worker.scheduled(controller, faulty(env), context);
  },
} satisfies ExportedHandler<Env>;

const faultyEnvs = new WeakMap<object, Env>();

/** The bindings with the lab's faults in them; the same ones for the same bindings. */
function faulty(env: Env): Env {
  const known = faultyEnvs.get(env);
  if (known !== undefined) return known;
  const made = { ...env, DB: faultyD1(env.DB), SEND_JOBS: faultyQueue(env.SEND_JOBS) };
  faultyEnvs.set(env, made);
  return made;
}

export class AccountObject extends RealAccountObject {
  private believed = "";

  constructor(ctx: DurableObjectState, env: Env) {
    tamperWithStorage(ctx.storage);
    super(ctx, faulty(env));
  }

  override async report(host: string, reports: Report[]): Promise<{ fenced: number[] }> {
    const answer = await super.report(host, reports);
    for (const { account, epoch, ...report } of reports) {
      // A session that says it is over is heard whoever it was, and nothing follows from it.
      const isOver = report.kind === "session" && report.state === "ended";
      if (isOver || answer.fenced.includes(epoch)) continue;
      const word = `${host} ${epoch}`;
      if (word !== this.believed) {
        this.believed = word;
        tellLab({ lab: "believed", at: trueTime(), account, host, epoch });
      }
    }
    await this.reachDurably("reported_unacknowledged");
    return answer;
  }

  override async alarm(): Promise<void> {
    await knowFaults(this.env);
    reach("before_alarm");
    await ringFaultily(() => super.alarm());
    reach("after_alarm");
  }

  async reachDurably(at: CrashPoint): Promise<void> {
    await this.ctx.storage.sync();
    reach(at);
  }
}

answerLate(AccountObject, "accept", (account) => account.reachDurably("accepted_unanswered"));
answerLate(AccountObject, "takeLease", async () => reach("lease_taken"));

export class HostObject extends RealHostObject {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, faulty(env));
  }

  override async alarm(): Promise<void> {
    await knowFaults(this.env);
    await ringFaultily(() => super.alarm());
  }
}

answerLate(HostObject, "command", async () => reach("session_started"));

export class FleetObject extends RealFleetObject {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, faulty(env));
  }
}

export class TenantObject extends RealTenantObject {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, faulty(env));
  }
}
