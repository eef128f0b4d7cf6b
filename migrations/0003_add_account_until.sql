-- When a ban or a restriction of the account ends by itself.
ALTER TABLE accounts ADD COLUMN until INTEGER;
