import { SessionRecord } from "libsignal";
import type { Store } from "../storage/store.ts";

/** Phones keep this many finished sessions per peer, so that late messages still open. */
const KEPT_SESSIONS = 8;

type SerializedRecord = { _sessions: Record<string, { indexInfo: { used: number } }> };

/**
 * The Signal sessions of all phones. They live in memory as libsignal serializes them: a decryption
 * that fails half-way then leaves no trace. Changed ones are written with the next commit.
 */
export class Sessions {
  private readonly store: Store;
  private readonly records = new Map<string, SerializedRecord>();
  private readonly changed = new Set<string>();

  constructor(store: Store) {
    this.store = store;
    store.beforeCommit(() => this.flush());
  }

  load(number: string, address: string): SessionRecord | undefined {
    const key = `${number} ${address}`;
    let record = this.records.get(key);
    if (!record) {
      const row = this.store.one<{ record: string }>(
        "SELECT record FROM sessions WHERE number = ? AND address = ?",
        number,
        address,
      );
      if (!row) return undefined;
      record = JSON.parse(row.record) as SerializedRecord;
      this.records.set(key, record);
    }
    return deserialize(record);
  }

  save(number: string, address: string, record: SessionRecord): void {
    const key = `${number} ${address}`;
    this.records.set(key, withoutOldest(serialize(record)));
    this.changed.add(key);
    this.store.begin();
  }

  private flush(): void {
    for (const key of this.changed) {
      const [number = "", address = ""] = key.split(" ");
      this.store.run(
        "INSERT OR REPLACE INTO sessions (number, address, record) VALUES (?, ?, ?)",
        number,
        address,
        JSON.stringify(this.records.get(key)),
      );
    }
    this.changed.clear();
  }
}

/** libsignal's types say bytes, but its serialized form is a plain object. */
function serialize(record: SessionRecord): SerializedRecord {
  return record.serialize() as unknown as SerializedRecord;
}

function deserialize(record: SerializedRecord): SessionRecord {
  return SessionRecord.deserialize(record as unknown as Uint8Array);
}

function withoutOldest(record: SerializedRecord): SerializedRecord {
  const sessions = Object.entries(record._sessions);
  if (sessions.length <= KEPT_SESSIONS) return record;
  sessions.sort(([, a], [, b]) => b.indexInfo.used - a.indexInfo.used);
  return { ...record, _sessions: Object.fromEntries(sessions.slice(0, KEPT_SESSIONS)) };
}
