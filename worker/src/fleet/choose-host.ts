/** What placement needs to know of a host. */
export type HostFacts = {
  isUp: boolean;
  isDraining: boolean;
  sessions: number;
  capacity: number;
};

/** The host with the most room in proportion, or null when none has any. */
export function chooseHost(hosts: ReadonlyMap<string, HostFacts>): string | null {
  let best: { name: string; load: number } | null = null;
  for (const [name, { isUp, isDraining, sessions, capacity }] of hosts) {
    if (!isUp || isDraining || sessions >= capacity) continue;
    const load = sessions / capacity;
    if (best === null || load < best.load) best = { name, load };
  }
  return best?.name ?? null;
}
