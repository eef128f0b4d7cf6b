import { closeSync, existsSync, openSync, readSync } from "node:fs";

const LOOK_EVERY_MS = 20;
const CHUNK_BYTES = 256 * 1024;

/** Follows a log file: each line once, a moment after it was written. */
export class LogTail implements Disposable {
  readonly #file: string;
  readonly #take: (line: string) => void;
  readonly #timer: NodeJS.Timeout;
  readonly #decoder = new TextDecoder();
  #position = 0;
  #rest = "";

  constructor(file: string, take: (line: string) => void) {
    this.#file = file;
    this.#take = take;
    this.#timer = setInterval(() => this.look(), LOOK_EVERY_MS);
  }

  look(): void {
    if (!existsSync(this.#file)) return;
    const descriptor = openSync(this.#file, "r");
    try {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      for (;;) {
        const length = readSync(descriptor, chunk, 0, chunk.length, this.#position);
        if (length === 0) return;
        this.#position += length;
        this.#hand(this.#decoder.decode(chunk.subarray(0, length), { stream: true }));
      }
    } finally {
      closeSync(descriptor);
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #hand(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#take(line);
  }
}
