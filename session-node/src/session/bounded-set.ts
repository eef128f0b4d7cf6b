/** Remembers the last so many texts. */
export class BoundedSet {
  readonly #texts = new Set<string>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  has(text: string): boolean {
    return this.#texts.has(text);
  }

  /** True if it was not there before. */
  add(text: string): boolean {
    if (this.#texts.has(text)) return false;
    this.#texts.add(text);
    if (this.#texts.size > this.#max) {
      const oldest = this.#texts.values().next();
      if (!oldest.done) this.#texts.delete(oldest.value);
    }
    return true;
  }
}
