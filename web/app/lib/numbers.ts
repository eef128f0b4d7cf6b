/** A number as people read it: `12,345`. */
export function formatCount(count: number): string {
  return count.toLocaleString("en");
}

/** `1 message`, `2 messages`, `no messages`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  if (count === 0) return `no ${many}`;
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** How full it is, from 0 to 100. What allows nothing is full. */
export function percentOf(used: number, limit: number): number {
  if (limit <= 0) return 100;
  return Math.min(100, Math.max(0, (used / limit) * 100));
}
