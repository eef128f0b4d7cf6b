-- The directory of accounts: a copy of what each account's own object knows.
CREATE TABLE accounts (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT,
  phone TEXT,
  health INTEGER NOT NULL,
  queue_state TEXT NOT NULL,
  connected_at INTEGER,
  created_at INTEGER NOT NULL,
  version INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
