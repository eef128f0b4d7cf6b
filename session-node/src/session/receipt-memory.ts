const MAX_REMEMBERED = 1_024;

/** Every device of a person sends its own receipt; only the first of a kind is news. */
export class ReceiptMemory {
  readonly #seen = new Set<string>();

  isNew(waId: string, type: string): boolean {
    const key = `${type}:${waId}`;
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    if (this.#seen.size > MAX_REMEMBERED) {
      const oldest = this.#seen.values().next();
      if (!oldest.done) this.#seen.delete(oldest.value);
    }
    return true;
  }
}
