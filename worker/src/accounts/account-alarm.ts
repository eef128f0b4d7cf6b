import { nextAlarm, type Waits } from "./next-alarm.ts";

/** The object's one alarm. Set for what comes first; to set it is a row, so it is not done in vain. */
export class AccountAlarm {
  private readonly set: (at: number) => void;
  private at: number | null = null;

  constructor(set: (at: number) => void) {
    this.set = set;
  }

  /** It was set before this object came into memory. */
  wasSet(at: number | null): void {
    this.at ??= at;
  }

  rang(): void {
    this.at = null;
  }

  arm(waits: Waits, now: number): void {
    const at = nextAlarm(waits, this.at, now);
    if (at === null) return;
    this.at = at;
    this.set(at);
  }
}
