import type { PerMessage } from "./price.ts";

/** The most that a message may cost; a figure without a bound here is only told. */
export type Budget = Partial<Record<keyof PerMessage, number>>;

export type Scenario = { name: string; budget: Budget; figures: PerMessage };

const COLUMNS = [
  ["rows", "rows written"],
  ["queueOperations", "queue operations"],
  ["objectRequests", "object requests"],
  ["socketMessagesIn", "socket messages in"],
  ["socketMessagesOut", "out"],
  ["d1OnAccept", "D1 on accept"],
  ["d1Operations", "D1 later"],
  ["logEvents", "log lines"],
  ["dollarsPerMillion", "$ per million"],
] as const satisfies readonly (readonly [keyof PerMessage, string])[];

/** One sentence for each budget that is exceeded. */
export function exceeded({ name, budget, figures }: Scenario): string[] {
  return COLUMNS.flatMap(([figure, title]) => {
    const bound = budget[figure];
    return bound === undefined || figures[figure] <= bound
      ? []
      : [`${name}: ${title} ${round(figures[figure])}, budget ${bound}`];
  });
}

/** Each figure with its budget beside it. */
export function table(scenarios: readonly Scenario[]): string {
  const titles = ["per message", ...COLUMNS.map(([, title]) => title)];
  const lines = scenarios.map(({ name, budget, figures }) => [
    name,
    ...COLUMNS.map(([figure]) => {
      const bound = budget[figure];
      return bound === undefined ? round(figures[figure]) : `${round(figures[figure])} of ${bound}`;
    }),
  ]);
  return [titles, titles.map(() => "---"), ...lines]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}

function round(value: number): string {
  return value === 0 ? "0" : value.toFixed(2);
}
