import type { Lease } from "@roost/contract/host";
import { expect, test } from "vitest";
import { AccountObject } from "../../src/accounts/account-object.ts";
import { TenantObject } from "../../src/tenants/tenant-object.ts";
import { allFaults, noFaults } from "./faults.ts";
import { simulate } from "./simulation.ts";

const STEPS = 8_000;

test("the same seed is the same run, another seed another", async () => {
  const [first, again, other] = [
    await simulate(7, STEPS, allFaults),
    await simulate(7, STEPS, allFaults),
    await simulate(8, STEPS, allFaults),
  ];
  expect(again.story).toBe(first.story);
  expect(other.story).not.toBe(first.story);
});

test("without faults nearly everything is sent once", async () => {
  const { accepted, stanzas, problems } = await simulate(1, STEPS, noFaults);
  expect(problems).toEqual([]);
  expect(stanzas).toBeGreaterThan(accepted * 0.9);
});

/** Accounts that break a promise: a simulator that notices none of it would prove nothing. */
class TwoIds extends AccountObject {
  private attempts = 0;

  override takeLease(id: Lease["id"]) {
    const taken = super.takeLease(id);
    this.attempts += 1;
    for (const message of taken?.lease.messages ?? []) message.wa_id += String(this.attempts % 2);
    return taken;
  }
}

class Forgetful extends AccountObject {
  override accept(...args: Parameters<AccountObject["accept"]>) {
    const outcome = super.accept(...args);
    // The last row is not there, as after a write that was not waited for.
    this.ctx.storage.sql.exec("UPDATE ticks SET tick = ? WHERE tick % ? = ?", 0, 20, 7);
    return outcome;
  }
}

class NoQuota extends AccountObject {
  override setLimits(...[tenant, limits]: Parameters<AccountObject["setLimits"]>) {
    return super.setLimits(tenant, { ...limits, per_minute: 100 });
  }
}

class NoShares extends AccountObject {
  override setLimits(...[tenant, limits]: Parameters<AccountObject["setLimits"]>) {
    return super.setLimits(tenant, { ...limits, lane_shares: { direct: 100, campaign: 100 } });
  }
}

class NoQuietHours extends AccountObject {
  override setLimits(...[tenant, limits]: Parameters<AccountObject["setLimits"]>) {
    return super.setLimits(tenant, { ...limits, quiet_hours: null });
  }
}

/** Nobody counts together what the accounts take. */
class NoPlan extends TenantObject {
  override async takeAllowance(...args: Parameters<TenantObject["takeAllowance"]>) {
    const grant = await super.takeAllowance(...args);
    return { ...grant, granted: (args[1]?.granted ?? 0) + args[2] };
  }
}

test.each([
  ["a message under two ids", TwoIds, /came as|never arrived/],
  ["an account that forgets", Forgetful, /event \d+ after|is gone|made by/],
  ["a quota that is not kept", NoQuota, /per_minute/],
  ["lanes without shares", NoShares, /beyond its share/],
  ["quiet hours that are not kept", NoQuietHours, /in quiet hours/],
])("it notices %s", { timeout: 30_000 }, async (_what, accountObject, problem) => {
  const problems: string[] = [];
  for (let seed = 1; seed <= 5 && problems.length === 0; seed++) {
    const run = await simulate(seed, 2 * STEPS, allFaults, { accountObject });
    problems.push(...run.problems);
  }
  expect(problems.join("\n")).toMatch(problem);
});

test("it notices a plan that is not kept", { timeout: 30_000 }, async () => {
  const problems: string[] = [];
  for (let seed = 1; seed <= 5 && problems.length === 0; seed++) {
    const run = await simulate(seed, 2 * STEPS, allFaults, { tenantObject: NoPlan });
    problems.push(...run.problems);
  }
  expect(problems.join("\n")).toMatch(/the plan allows/);
});
