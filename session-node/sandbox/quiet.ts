/**
 * libsignal prints whole session records, private keys included, through `console`. This module is
 * imported before anything that loads libsignal and drops exactly those lines.
 */
const LIBSIGNAL_LINES =
  /^(Closing|Opening|Removing old closed|Session (already|error)|Decrypted message with closed|Failed to decrypt message|Migrating session|V1 session|WARNING: Expected pubkey|Unhandled bucket)/;

for (const method of ["log", "info", "warn", "error"] as const) {
  const print = console[method].bind(console);
  console[method] = (...parts: unknown[]) => {
    const [first] = parts;
    if (typeof first === "string" && LIBSIGNAL_LINES.test(first)) return;
    print(...parts);
  };
}
