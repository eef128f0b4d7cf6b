CREATE TABLE tenants (
  id TEXT PRIMARY KEY NOT NULL,
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL
);

CREATE TABLE users (
  id TEXT PRIMARY KEY NOT NULL,
  email TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  verified_at INTEGER,
  is_platform_admin INTEGER DEFAULT false NOT NULL,
  created_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX users_email_unique ON users (email);

CREATE TABLE members (
  tenant_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  role TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, user_id),
  FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON UPDATE no action ON DELETE cascade,
  FOREIGN KEY (user_id) REFERENCES users (id) ON UPDATE no action ON DELETE cascade
);
CREATE INDEX members_by_user ON members (user_id);

CREATE TABLE sessions (
  token_hash TEXT PRIMARY KEY NOT NULL,
  tenant_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON UPDATE no action ON DELETE cascade,
  FOREIGN KEY (user_id) REFERENCES users (id) ON UPDATE no action ON DELETE cascade
);
CREATE INDEX sessions_by_user ON sessions (user_id);

CREATE TABLE mail_tokens (
  token_hash TEXT PRIMARY KEY NOT NULL,
  user_id TEXT NOT NULL,
  purpose TEXT NOT NULL,
  password_hash TEXT,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  FOREIGN KEY (user_id) REFERENCES users (id) ON UPDATE no action ON DELETE cascade
);
CREATE INDEX mail_tokens_by_user ON mail_tokens (user_id);

CREATE TABLE throttles (
  key TEXT PRIMARY KEY NOT NULL,
  strikes INTEGER NOT NULL,
  step_ms INTEGER NOT NULL,
  retry_at INTEGER NOT NULL,
  is_held INTEGER NOT NULL,
  forget_at INTEGER NOT NULL
);

CREATE TABLE known_addresses (
  user_id TEXT NOT NULL,
  address TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (user_id, address),
  FOREIGN KEY (user_id) REFERENCES users (id) ON UPDATE no action ON DELETE cascade
);
