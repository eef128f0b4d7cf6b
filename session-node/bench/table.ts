import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { fileURLToPath } from "node:url";

export type Figure = {
  what: string;
  /** What raw Baileys does in the same run; null where it has no such thing. */
  raw?: number | null;
  roost: number;
  unit: string;
  /** Below is better, for times and memory. */
  isLessBetter?: boolean;
  /** What `design.md` asks for: of the ratio to raw Baileys, or of the figure itself. */
  budget?: { ratio: number } | { figure: number };
};

const BETWEEN = /<!-- results -->.*<!-- \/results -->/s;

/** Everything that was measured, with its budget beside it. */
export class Table {
  private readonly rows: string[][] = [];

  add(figure: Figure): void {
    const { what, raw = null, roost, unit } = figure;
    const ratio = ratioOf(figure);
    this.rows.push([
      what,
      raw === null ? "" : `${round(raw)} ${unit}`,
      `${round(roost)} ${unit}`,
      ratio === null ? "" : ratio.toFixed(2),
      ...verdictOf(figure, ratio),
    ]);
    console.log(this.rows.at(-1)?.join(" | "));
  }

  /** The table as Markdown, and the machine it comes from. */
  text(): string {
    const titles = ["what", "raw Baileys", "Roost", "ratio", "budget", "kept"];
    const lines = [titles, titles.map(() => "---"), ...this.rows];
    const table = lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
    return `${table}\n\n${machine()}`;
  }

  /** Puts the table into this folder's README. */
  write(): void {
    const file = fileURLToPath(new URL("./README.md", import.meta.url));
    const results = `<!-- results -->\n\n${this.text()}\n\n<!-- /results -->`;
    writeFileSync(
      file,
      readFileSync(file, "utf8").replace(BETWEEN, () => results),
    );
    execFileSync("oxfmt", [file]);
  }
}

/** Above 1 is better than raw Baileys. */
function ratioOf({ raw = null, roost, isLessBetter = false }: Figure): number | null {
  if (raw === null) return null;
  return isLessBetter ? raw / roost : roost / raw;
}

/** The budget, and whether it is kept: if not, by how much it is missed. */
function verdictOf(figure: Figure, ratio: number | null): [string, string] {
  const { budget, roost, unit, isLessBetter = false } = figure;
  if (budget === undefined) return ["", ""];
  if ("ratio" in budget) {
    const isKept = (ratio ?? 0) >= budget.ratio;
    const missing = budget.ratio / (ratio ?? Number.NaN);
    return [`ratio ${budget.ratio.toFixed(2)}`, isKept ? "yes" : `no, ${missing.toFixed(2)} times`];
  }
  const isKept = isLessBetter ? roost <= budget.figure : roost >= budget.figure;
  const missing = isLessBetter ? roost / budget.figure : budget.figure / roost;
  const asked = `${isLessBetter ? "at most" : "at least"} ${budget.figure} ${unit}`;
  return [asked, isKept ? "yes" : `no, ${missing.toFixed(2)} times`];
}

function machine(): string {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 1024 ** 3);
  return `${cpus().length} cores (${cpu?.model ?? "unknown"}), ${memory} GiB, Node ${process.version}`;
}

function round(value: number): string {
  return value >= 100 || value === 0 ? value.toFixed(0) : value.toFixed(2);
}
