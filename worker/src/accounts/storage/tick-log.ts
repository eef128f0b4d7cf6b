import { rowsOf } from "./rows-of.ts";
import type { Change } from "../stored.ts";

/** How the rows begin of a tick that is too long for one. One that fits begins as JSON does. */
const MORE = "+";
const LAST = "=";

/**
 * What changed, one row per tick, since the last checkpoint. Rows are written over and never deleted:
 * a deletion costs as much as a row.
 */
export class TickLog {
  private readonly sql: SqlStorage;
  private tick: number;
  private slot = 0;
  private characters = 0;

  /** `tick` is the last one that a checkpoint holds; what came after it is read with `replay`. */
  constructor(sql: SqlStorage, tick: number) {
    this.sql = sql;
    this.tick = tick;
  }

  /** `changes` are texts of `Change`. */
  append(changes: readonly string[]): void {
    const rows = rowsOf(`[${changes.join(",")}]`);
    const last = rows.pop() ?? "";
    for (const row of rows) this.write(MORE + row);
    this.write(rows.length === 0 ? last : LAST + last);
  }

  private write(text: string): void {
    this.sql.exec(
      `INSERT INTO ticks VALUES (?, ?, ?)
       ON CONFLICT (slot) DO UPDATE SET tick = excluded.tick, changes = excluded.changes`,
      this.slot + 1,
      this.tick + 1,
      text,
    );
    this.slot += 1;
    this.tick += 1;
    this.characters += text.length;
  }

  /** What happened since the checkpoint, in order. Call it once, before anything is appended. */
  *replay(): Generator<Change> {
    const rows = this.sql.exec<{ tick: number; changes: string }>(
      "SELECT tick, changes FROM ticks WHERE tick > ? ORDER BY slot",
      this.tick,
    );
    let begun = "";
    for (const { tick, changes } of rows) {
      this.tick = tick;
      this.slot += 1;
      this.characters += changes.length;
      const isPart = changes.startsWith(MORE) || changes.startsWith(LAST);
      const text = begun + (isPart ? changes.slice(1) : changes);
      begun = changes.startsWith(MORE) ? text : "";
      if (begun === "") yield* JSON.parse(text) as Change[];
    }
  }

  /** How much a restart would have to read. */
  size(): { rows: number; characters: number } {
    return { rows: this.slot, characters: this.characters };
  }

  lastTick(): number {
    return this.tick;
  }

  /** A checkpoint holds everything: the next tick takes the first row again. */
  rewind(): void {
    this.slot = 0;
    this.characters = 0;
  }

  /** Also wipes what older rows still hold. Only for when keys are thrown away. */
  wipe(): void {
    this.sql.exec("DELETE FROM ticks");
    this.rewind();
  }
}
