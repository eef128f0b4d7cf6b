import type { Report } from "@roost/contract/host";

type Account = Report["account"];
type Frame = { n: number; left: number };
type Waiting = { report: Report; frame: Frame; isDone: boolean };
type Deliver = (reports: Report[]) => Promise<void>;
/** What an account has not made durable: all of it, and how much of that is on its way. */
type Lane = {
  deliver: Deliver;
  waiting: Waiting[];
  sent: number;
  isUrgentOnItsWay: boolean;
  isGathering: boolean;
  callsOut: Set<Promise<void>>;
  turn: number;
};

/** So many reports go to an account in one call. */
const AT_ONCE = 200;
/** Patient reports gather so long: an ack, the keys behind it and a receipt are one call. */
const GATHER_MS = 60;
/** With so many gathered a busy account's next lease depends on them. */
const GATHER_MAX = 24;
/** So many calls may be out that take their time; what comes then gathers. */
const MAX_CALLS = 8;
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5_000;

export type LaneDeps = {
  /**
   * A line to the account, on which one call does not overtake another. What is sent on it resolves
   * when the reports are durable, and rejects when they could not be made so.
   */
  connect: (account: Account) => Deliver;
  /** Everything up to this frame is durable. */
  acknowledge: (n: number) => void;
  onFailure: (account: Account, error: unknown) => void;
  wait: (ms: number) => Promise<void>;
};

/** An account may take its time with these, to save rows; others must not wait behind them. */
export function isPatient(report: Report): boolean {
  if (report.kind === "outcome") return report.result === "sent";
  return ["receipt", "keys", "phone_seen"].includes(report.kind);
}

/**
 * Takes a host's report frames apart: each account gets its reports in order, and whatever comes during
 * a call goes with the next. A frame is acknowledged when all before it are. After a failure the lane
 * goes back to where it failed and repeats from there, which changes nothing but the delay.
 */
export class ReportLanes {
  private readonly deps: LaneDeps;
  private readonly lanes = new Map<Account, Lane>();
  /** Frames not acknowledged yet, in the order they came. */
  private frames: Frame[] = [];

  constructor(deps: LaneDeps) {
    this.deps = deps;
  }

  /** Starts on the frame; call it for each frame in the order received. */
  push(n: number, reports: readonly Report[]): void {
    const frame = { n, left: reports.length };
    this.frames.push(frame);
    const touched = new Set<Account>();
    for (const report of reports) {
      const lane = this.lanes.get(report.account) ?? this.open(report.account);
      lane.waiting.push({ report, frame, isDone: false });
      touched.add(report.account);
    }
    for (const account of touched) this.advance(account);
    this.acknowledge();
  }

  /** Another process counts its frames anew; what is under way goes on, unacknowledged. */
  forgetFrames(): void {
    this.frames = [];
  }

  private open(account: Account): Lane {
    const lane: Lane = {
      deliver: this.deps.connect(account),
      waiting: [],
      sent: 0,
      isUrgentOnItsWay: false,
      isGathering: false,
      callsOut: new Set(),
      turn: 0,
    };
    this.lanes.set(account, lane);
    return lane;
  }

  /** Sends what waits, unless a call is out that will answer soon: then it gathers meanwhile. */
  private advance(account: Account, hasGathered = false): void {
    const lane = this.lanes.get(account);
    if (lane === undefined || lane.isUrgentOnItsWay || lane.callsOut.size >= MAX_CALLS) return;
    const batch = lane.waiting.slice(lane.sent, lane.sent + AT_ONCE);
    if (batch.length === 0) return;
    const isUrgent = !batch.every(({ report }) => isPatient(report));
    if (!isUrgent && !hasGathered && batch.length < GATHER_MAX) {
      if (!lane.isGathering) void this.gather(account, lane);
      return;
    }
    lane.sent += batch.length;
    lane.isUrgentOnItsWay = isUrgent;
    const call = lane.deliver(batch.map(({ report }) => report));
    lane.callsOut.add(call);
    void this.settle(account, lane, { call, batch, isUrgent });
  }

  private async gather(account: Account, lane: Lane): Promise<void> {
    lane.isGathering = true;
    await this.deps.wait(GATHER_MS);
    lane.isGathering = false;
    this.advance(account, true);
  }

  private async settle(
    account: Account,
    lane: Lane,
    { call, batch, isUrgent }: { call: Promise<void>; batch: Waiting[]; isUrgent: boolean },
  ): Promise<void> {
    const { turn } = lane;
    try {
      await call;
    } catch (error) {
      if (lane.turn === turn) await this.goBack(account, lane, error);
      return;
    }
    // Since then the lane went back behind this call; it will be repeated.
    if (lane.turn !== turn) return;
    for (const waiting of batch) waiting.isDone = true;
    lane.callsOut.delete(call);
    if (isUrgent) lane.isUrgentOnItsWay = false;
    this.shift(account, lane);
    this.advance(account);
  }

  private async goBack(account: Account, lane: Lane, error: unknown): Promise<void> {
    lane.turn += 1;
    lane.isUrgentOnItsWay = true;
    this.deps.onFailure(account, error);
    // Otherwise what was still on the old line could arrive after its own repetition.
    await Promise.allSettled(lane.callsOut);
    await this.deps.wait(Math.min(FIRST_RETRY_MS * 2 ** Math.min(lane.turn, 10), LAST_RETRY_MS));
    lane.deliver = this.deps.connect(account);
    lane.callsOut.clear();
    lane.sent = 0;
    lane.isUrgentOnItsWay = false;
    for (const waiting of lane.waiting) waiting.isDone = false;
    this.advance(account);
  }

  private shift(account: Account, lane: Lane): void {
    let done = 0;
    while (lane.waiting[done]?.isDone === true) done += 1;
    for (const { frame } of lane.waiting.splice(0, done)) frame.left -= 1;
    lane.sent -= done;
    if (lane.waiting.length === 0) this.lanes.delete(account);
    this.acknowledge();
  }

  private acknowledge(): void {
    let last: number | null = null;
    while (this.frames[0]?.left === 0) last = this.frames.shift()?.n ?? last;
    if (last !== null) this.deps.acknowledge(last);
  }
}
