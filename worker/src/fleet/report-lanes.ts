import type { Report } from "@roost/contract/host";

type Account = Report["account"];
type Frame = { n: number; left: number };
type Waiting = { report: Report; frame: Frame };

/** So many reports go to an account in one call. */
const AT_ONCE = 200;
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5_000;

export type Lanes = {
  /** Makes the reports durable, in order. Rejects when it could not. */
  deliver: (account: Account, reports: Report[]) => Promise<void>;
  /** Everything up to this frame is durable. */
  acknowledge: (n: number) => void;
  onFailure: (account: Account, error: unknown) => void;
  wait: (ms: number) => Promise<void>;
};

/**
 * Takes a host's report frames apart: each account gets its reports in order, one call at a time, and
 * whatever came during a call goes with the next. A frame is acknowledged when all before it are.
 */
export class ReportLanes {
  private readonly lanes: Lanes;
  private readonly waiting = new Map<Account, Waiting[]>();
  /** Frames not acknowledged yet, in the order they came. */
  private frames: Frame[] = [];

  constructor(lanes: Lanes) {
    this.lanes = lanes;
  }

  /** Starts on the frame; call it for each frame in the order received. */
  push(n: number, reports: readonly Report[]): void {
    const frame = { n, left: reports.length };
    this.frames.push(frame);
    for (const report of reports) {
      const lane = this.waiting.get(report.account);
      if (lane !== undefined) lane.push({ report, frame });
      else {
        this.waiting.set(report.account, [{ report, frame }]);
        void this.run(report.account);
      }
    }
    if (reports.length === 0) this.acknowledge();
  }

  /** Another process counts its frames anew; what is under way goes on, unacknowledged. */
  forgetFrames(): void {
    this.frames = [];
  }

  private async run(account: Account): Promise<void> {
    // A turn later, so that all reports of the frame that started this go in one call.
    await Promise.resolve();
    let retryMs = FIRST_RETRY_MS;
    for (;;) {
      const lane = this.waiting.get(account) ?? [];
      const batch = lane.slice(0, AT_ONCE);
      if (batch.length === 0) break;
      try {
        await this.lanes.deliver(
          account,
          batch.map(({ report }) => report),
        );
      } catch (error) {
        this.lanes.onFailure(account, error);
        await this.lanes.wait(retryMs);
        retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
        continue;
      }
      retryMs = FIRST_RETRY_MS;
      lane.splice(0, batch.length);
      for (const { frame } of batch) frame.left -= 1;
      this.acknowledge();
    }
    this.waiting.delete(account);
  }

  private acknowledge(): void {
    let done: number | null = null;
    while (this.frames[0]?.left === 0) done = this.frames.shift()?.n ?? done;
    if (done !== null) this.lanes.acknowledge(done);
  }
}
