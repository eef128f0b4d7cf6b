import { setTimeout as pause } from "node:timers/promises";
import type { Table } from "../table.ts";
import type { BenchWorld } from "../world.ts";

const MESSAGES = 300;
const IN_FLIGHT = 16;

/**
 * A part is killed while messages are under way. Whoever got no answer asks again with the same
 * Idempotency-Key, and so do all whose answer is not a second old: how often a person sees a message twice.
 */
export async function measureDoubled(world: BenchWorld, table: Table): Promise<void> {
  const { stack, roost } = world;
  await world.linkUpTo(20);
  const parts = [
    ["host", () => stack.hosts[0].kill("SIGKILL")],
    ["edge", () => stack.edge.kill("SIGKILL")],
  ] as const;
  for (const [name, kill] of parts) {
    const { repeated, doubled, missing } = await strike(world, name, kill);
    await stack.ready();
    await roost.allConnected();
    const shared = { unit: "messages", isLessBetter: true, budget: { figure: 0 } };
    const asked = `${MESSAGES} sent, ${name} killed amid, ${repeated} repeats`;
    table.add({ what: `${asked}: doubled`, roost: doubled, ...shared });
    table.add({ what: `${asked}: missing`, roost: missing, ...shared });
  }
}

async function strike({ roost }: BenchWorld, name: string, kill: () => void) {
  const texts = Array.from({ length: MESSAGES }, (_, n) => `${name} ${Date.now()} ${n}`);
  const answeredAt = new Map<string, number>();
  const isAsked = new Set<string>();
  let repeated = 0;
  let killedAt = Infinity;
  const sendUntilAnswered = async (text: string, n: number): Promise<void> => {
    for (;;) {
      if (isAsked.has(text)) repeated += 1;
      isAsked.add(text);
      try {
        await roost.postWithKey(n, text);
        answeredAt.set(text, Date.now());
        return;
      } catch {
        await pause(50);
      }
    }
  };
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < MESSAGES) {
      const n = next++;
      if (n === MESSAGES / 2) {
        killedAt = Date.now();
        kill();
      }
      await sendUntilAnswered(texts[n] ?? "", n);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  for (const [n, text] of texts.entries()) {
    if (Math.abs((answeredAt.get(text) ?? 0) - killedAt) < 1_000) await sendUntilAnswered(text, n);
  }
  const seen = await roost.arrivals(texts);
  const counts = texts.map((text) => seen.get(text) ?? 0);
  return {
    repeated,
    doubled: counts.filter((count) => count > 1).length,
    missing: counts.filter((count) => count === 0).length,
  };
}
