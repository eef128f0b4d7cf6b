/** A row may hold two megabytes, and a UTF-16 unit is at most three bytes of UTF-8. */
const ROW_MAX_UNITS = 500_000;

/** Cuts a text into as few texts as fit in one row each; none ends within a character. */
export function rowsOf(text: string): string[] {
  const rows: string[] = [];
  for (let from = 0; from < text.length || rows.length === 0;) {
    let to = Math.min(text.length, from + ROW_MAX_UNITS);
    if (to < text.length && isFirstOfPair(text.charCodeAt(to - 1))) to -= 1;
    rows.push(text.slice(from, to));
    from = to;
  }
  return rows;
}

function isFirstOfPair(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
