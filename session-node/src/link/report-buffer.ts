import type { Report } from "@roost/contract/host";

/** At most this many reports share a frame; key writes are large, so bytes are bounded as well. */
const REPORTS_PER_FRAME = 500;
const BYTES_PER_FRAME = 512 * 1024;

export type ReportFrame = { n: number; text: string };

type Sealed = ReportFrame & { bytes: number; onDurable: readonly (() => void)[] };
type Open = { text: string; onDurable: (() => void) | undefined };

/**
 * What was reported and is not yet durable at the edge, in order. Reports are collected, then sealed
 * into numbered frames; a frame is forgotten only when the edge has acknowledged its number.
 */
export class ReportBuffer {
  #open: Open[] = [];
  #sealed: Sealed[] = [];
  #nextNumber = 1;
  #bytes = 0;

  /** Bytes that wait for an acknowledgement. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Frames that wait for an acknowledgement, sealed or not. */
  get waiting(): number {
    return this.#sealed.length + (this.#open.length > 0 ? 1 : 0);
  }

  get hasOpen(): boolean {
    return this.#open.length > 0;
  }

  get hasSealed(): boolean {
    return this.#sealed.length > 0;
  }

  /** Takes a report. `onDurable` is called once the edge has acknowledged it. */
  add(report: Report, onDurable?: () => void): void {
    const text = JSON.stringify(report);
    this.#open.push({ text, onDurable });
    this.#bytes += text.length;
  }

  /** Numbers what was collected since the last call and returns it as frames to be sent. */
  seal(): ReportFrame[] {
    const frames: Sealed[] = [];
    let group: Open[] = [];
    let bytes = 0;
    const close = () => {
      if (group.length === 0) return;
      const n = this.#nextNumber++;
      frames.push({
        n,
        bytes,
        text: `{"type":"report","n":${n},"reports":[${group.map(({ text }) => text).join(",")}]}`,
        onDurable: group.flatMap(({ onDurable }) => onDurable ?? []),
      });
      group = [];
      bytes = 0;
    };
    for (const report of this.#open) {
      const isFull =
        group.length >= REPORTS_PER_FRAME || bytes + report.text.length > BYTES_PER_FRAME;
      if (isFull) close();
      group.push(report);
      bytes += report.text.length;
    }
    close();
    this.#open = [];
    this.#sealed.push(...frames);
    return frames;
  }

  /** Everything up to frame `n` is durable at the edge. */
  acknowledge(n: number): void {
    const keepFrom = this.#sealed.findIndex((frame) => frame.n > n);
    const done = this.#sealed.splice(0, keepFrom === -1 ? this.#sealed.length : keepFrom);
    for (const frame of done) {
      this.#bytes -= frame.bytes;
      for (const onDurable of frame.onDurable) onDurable();
    }
  }

  /** After a reconnect: drops what the edge has, returns the rest to be sent again, in order. */
  resume(acked: number): ReportFrame[] {
    this.acknowledge(acked);
    this.seal();
    return [...this.#sealed];
  }
}
