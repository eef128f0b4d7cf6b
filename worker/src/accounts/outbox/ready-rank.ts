/**
 * Due messages of one rank, in the order of acceptance. Those that come back go before those accepted
 * after them, and however many come back at once, they are put in order only once.
 */
export class ReadyRank {
  private readonly inOrder = new Set<number>();
  private newest = 0;
  private readonly back = new Set<number>();
  private sorted: number[] | null = null;

  get size(): number {
    return this.inOrder.size + this.back.size;
  }

  add(n: number): void {
    if (n > this.newest) {
      this.newest = n;
      this.inOrder.add(n);
      return;
    }
    this.back.add(n);
    this.sorted = null;
  }

  delete(n: number): boolean {
    // What was sorted stays in order without it; `inTurn` passes it over.
    return this.inOrder.delete(n) || this.back.delete(n);
  }

  *inTurn(): Generator<number> {
    this.sorted ??= [...this.back].sort((a, b) => a - b);
    const rest = this.inOrder.values();
    let next = rest.next();
    for (const n of this.sorted) {
      while (!next.done && next.value < n) {
        yield next.value;
        next = rest.next();
      }
      if (this.back.has(n)) yield n;
    }
    while (!next.done) {
      yield next.value;
      next = rest.next();
    }
  }
}
