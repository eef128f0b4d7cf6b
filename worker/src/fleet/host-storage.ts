/** The tables of a host's object; only ever added to. */
export const hostMigrations = [
  `CREATE TABLE sessions (account TEXT PRIMARY KEY, epoch INTEGER NOT NULL) WITHOUT ROWID;
   CREATE TABLE host (
     only INTEGER PRIMARY KEY CHECK (only = 1),
     name TEXT NOT NULL,
     incarnation TEXT NOT NULL
   )`,
  "ALTER TABLE sessions ADD COLUMN owed TEXT",
  `ALTER TABLE sessions ADD COLUMN tenant TEXT;
   ALTER TABLE sessions ADD COLUMN state TEXT;
   ALTER TABLE sessions ADD COLUMN since INTEGER;
   ALTER TABLE host ADD COLUMN region TEXT;
   ALTER TABLE host ADD COLUMN is_draining INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE host ADD COLUMN connected_at INTEGER;
   ALTER TABLE host ADD COLUMN seen_at INTEGER;
   CREATE TABLE errors (
     hour INTEGER NOT NULL,
     reason TEXT NOT NULL,
     count INTEGER NOT NULL,
     last_at INTEGER NOT NULL,
     PRIMARY KEY (hour, reason)
   ) WITHOUT ROWID`,
];
