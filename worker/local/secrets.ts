import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";

const Secrets = z.strictObject({
  host_secret: z.string(),
  key_encryption_key: z.string(),
  tenant_password: z.string(),
  admin_password: z.string(),
});
export type Secrets = z.infer<typeof Secrets>;

/** This stack's own secrets: made by chance at the first start, kept for the next. */
export function readSecrets(file: string): Secrets {
  if (existsSync(file)) return Secrets.parse(JSON.parse(readFileSync(file, "utf8")));
  const secrets: Secrets = {
    host_secret: randomBytes(32).toString("base64"),
    key_encryption_key: randomBytes(32).toString("base64"),
    tenant_password: randomBytes(9).toString("base64url"),
    admin_password: randomBytes(9).toString("base64url"),
  };
  writeFileSync(file, JSON.stringify(secrets, null, 2), { mode: 0o600 });
  return secrets;
}
