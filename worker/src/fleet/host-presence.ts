import { GRACE_MS } from "@roost/contract/host";
import { log } from "../log.ts";
import type { HostSessions } from "./host-sessions.ts";
import { attachmentOf, type HostSockets } from "./host-sockets.ts";
import { type Verdict, watchHost } from "./host-watch.ts";
import type { OwedNews } from "./owed-news.ts";

export type PresenceDeps = {
  sockets: HostSockets;
  sessions: () => HostSessions;
  news: OwedNews;
  /** Nothing more is to be placed on the host. */
  down: () => void;
  setAlarm: (at: number) => Promise<void>;
};

/** Whether the host is there, and that its accounts hear what became of it. Owns the object's alarm. */
export class HostPresence {
  private readonly deps: PresenceDeps;
  /** Until when it may come back; null when we did not see it go. */
  private goneUntil: number | null = null;

  constructor(deps: PresenceDeps) {
    this.deps = deps;
  }

  /** It has said hello. */
  isBack(): void {
    this.goneUntil = null;
  }

  /** Its socket closed. It may be back in a moment, but nothing more is to be placed on it before. */
  async left(): Promise<void> {
    this.deps.sessions().setSeen(Date.now());
    this.deps.down();
    this.goneUntil = Date.now() + GRACE_MS;
    await this.arm();
  }

  /** Gives the host time, or gives it up. */
  async watch(): Promise<void> {
    const { sockets, sessions, down } = this.deps;
    const now = Date.now();
    const ws = sockets.current();
    const verdict = this.verdict(ws, now);
    if (verdict.kind === "wait" && ws === null) this.goneUntil = verdict.until;
    if (verdict.kind === "silent" && ws !== null) {
      log({ event: "host.silent", host: attachmentOf(ws).host });
      sessions().setSeen(sockets.seenAt(ws));
      sockets.detach(ws);
      this.goneUntil = now;
    }
    if (verdict.kind !== "wait") {
      down();
      sessions().oweLost();
    }
    await this.tellOwed();
  }

  /** Tells accounts what became of their host; the alarm goes on with whoever could not be told. */
  async tellOwed(): Promise<void> {
    await this.arm();
    await this.deps.news.tellAll();
    await this.arm();
  }

  /** For the next look at the host, or for who has to be told again. */
  private async arm(): Promise<void> {
    const { sockets, sessions, news, setAlarm } = this.deps;
    const now = Date.now();
    const verdict = this.verdict(sockets.current(), now);
    const waits = verdict.kind === "wait" ? [verdict.until] : [];
    if (sessions().owesAny()) waits.push(now + news.retryMs());
    if (waits.length > 0) await setAlarm(Math.min(...waits));
  }

  private verdict(ws: WebSocket | null, now: number): Verdict {
    const seenAt = ws && this.deps.sockets.seenAt(ws);
    return watchHost({ seenAt, goneUntil: this.goneUntil }, now);
  }
}
