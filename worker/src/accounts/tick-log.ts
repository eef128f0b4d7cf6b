import type { Change } from "./stored.ts";

/** A row may hold two megabytes; what does not fit goes on in the next one. */
const ROW_MAX_CHARACTERS = 500_000;

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
    const text = `[${changes.join(",")}]`;
    if (text.length > ROW_MAX_CHARACTERS && changes.length > 1) {
      const half = Math.ceil(changes.length / 2);
      this.append(changes.slice(0, half));
      this.append(changes.slice(half));
      return;
    }
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
    for (const { tick, changes } of rows) {
      this.tick = tick;
      this.slot += 1;
      this.characters += changes.length;
      yield* JSON.parse(changes) as Change[];
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
