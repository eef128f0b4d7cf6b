import type { Entry } from "./known-messages.ts";

/** Says which messages were begun and are overdue, because nobody says anything when an answer is lost. */
export class DeadlineWatch {
  readonly #deadlineMs: number;
  readonly #onLate: (late: readonly Entry[]) => void;
  /** Oldest first; as the deadline is the same for all, one timer is enough. */
  #watched: Entry[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(deadlineMs: number, onLate: (late: readonly Entry[]) => void) {
    this.#deadlineMs = deadlineMs;
    this.#onLate = onLate;
  }

  get size(): number {
    return this.#watched.length;
  }

  add(entry: Entry): void {
    this.#watched.push(entry);
    this.#timer ??= setTimeout(() => this.#look(), this.#deadlineMs);
  }

  remove(entry: Entry): void {
    // Answers come in the order of the questions, so it is nearly always the first.
    const index = this.#watched.indexOf(entry);
    if (index !== -1) this.#watched.splice(index, 1);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#watched = [];
  }

  #look(): void {
    this.#timer = undefined;
    const overdue = Date.now() - this.#deadlineMs;
    const late = this.#watched.filter(({ begunAt }) => begunAt <= overdue);
    if (late.length > 0) this.#onLate(late);
    const [next] = this.#watched;
    if (!next) return;
    const ms = Math.max(1, next.begunAt + this.#deadlineMs - Date.now());
    this.#timer = setTimeout(() => this.#look(), ms);
  }
}
