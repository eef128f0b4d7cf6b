/** Applied in order, once each; append, never edit. */
export const migrations: readonly string[] = [
  `CREATE TABLE server (
     name TEXT PRIMARY KEY,
     value BLOB NOT NULL
   ) WITHOUT ROWID;

   CREATE TABLE phones (
     number TEXT PRIMARY KEY,
     lid TEXT NOT NULL UNIQUE,
     name TEXT NOT NULL,
     is_created INTEGER NOT NULL,
     on_whatsapp INTEGER NOT NULL,
     receipts TEXT NOT NULL,
     addressing TEXT NOT NULL,
     registration_id INTEGER NOT NULL,
     identity_seed BLOB NOT NULL,
     signed_prekey_private BLOB NOT NULL,
     signed_prekey_public BLOB NOT NULL,
     next_prekey_id INTEGER NOT NULL,
     next_device INTEGER NOT NULL,
     created_at INTEGER NOT NULL
   ) WITHOUT ROWID;

   CREATE TABLE phone_prekeys (
     number TEXT NOT NULL,
     key_id INTEGER NOT NULL,
     private BLOB NOT NULL,
     public BLOB NOT NULL,
     PRIMARY KEY (number, key_id)
   ) WITHOUT ROWID;

   CREATE TABLE sessions (
     number TEXT NOT NULL,
     address TEXT NOT NULL,
     record TEXT NOT NULL,
     PRIMARY KEY (number, address)
   ) WITHOUT ROWID;

   CREATE TABLE companions (
     number TEXT NOT NULL,
     device INTEGER NOT NULL,
     platform TEXT NOT NULL,
     registration_id INTEGER NOT NULL,
     identity BLOB NOT NULL,
     noise_key BLOB NOT NULL,
     signed_prekey_id INTEGER NOT NULL,
     signed_prekey_public BLOB NOT NULL,
     signed_prekey_signature BLOB NOT NULL,
     is_bootstrapped INTEGER NOT NULL,
     linked_at INTEGER NOT NULL,
     PRIMARY KEY (number, device)
   ) WITHOUT ROWID;

   CREATE TABLE companion_prekeys (
     number TEXT NOT NULL,
     device INTEGER NOT NULL,
     key_id INTEGER NOT NULL,
     public BLOB NOT NULL,
     PRIMARY KEY (number, device, key_id)
   ) WITHOUT ROWID;

   CREATE TABLE pending (
     n INTEGER PRIMARY KEY,
     number TEXT NOT NULL,
     device INTEGER NOT NULL,
     key TEXT NOT NULL,
     stanza BLOB NOT NULL
   );

   CREATE TABLE handed_over (
     number TEXT NOT NULL,
     device INTEGER NOT NULL,
     sender TEXT NOT NULL,
     wa_id TEXT NOT NULL,
     PRIMARY KEY (number, device, sender, wa_id)
   ) WITHOUT ROWID;

   CREATE TABLE messages (
     n INTEGER PRIMARY KEY,
     number TEXT NOT NULL,
     sender TEXT NOT NULL,
     device INTEGER NOT NULL,
     recipient TEXT NOT NULL,
     wa_id TEXT NOT NULL,
     direction TEXT NOT NULL,
     addressing TEXT NOT NULL,
     type TEXT NOT NULL,
     text TEXT,
     details TEXT,
     content BLOB NOT NULL,
     hash TEXT NOT NULL,
     status TEXT NOT NULL,
     at INTEGER NOT NULL,
     UNIQUE (number, wa_id, sender)
   );

   CREATE TABLE ledger (
     n INTEGER PRIMARY KEY,
     at INTEGER NOT NULL,
     account TEXT NOT NULL,
     device INTEGER NOT NULL,
     recipient TEXT NOT NULL,
     wa_id TEXT NOT NULL,
     hash TEXT,
     UNIQUE (account, wa_id)
   );
   CREATE TRIGGER ledger_is_not_rewritten BEFORE UPDATE ON ledger
     BEGIN SELECT RAISE(ABORT, 'the ledger is never rewritten'); END;
   CREATE TRIGGER ledger_is_not_shortened BEFORE DELETE ON ledger
     BEGIN SELECT RAISE(ABORT, 'the ledger is never rewritten'); END;`,
  `CREATE TABLE delivered (
     n INTEGER PRIMARY KEY,
     at INTEGER NOT NULL,
     number TEXT NOT NULL,
     device INTEGER NOT NULL,
     wa_id TEXT NOT NULL,
     UNIQUE (number, device, wa_id)
   );`,
];
