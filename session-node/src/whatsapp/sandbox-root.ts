import { WA_CERT_DETAILS } from "@whiskeysockets/baileys";
import type { Sandbox } from "../config.ts";

/**
 * Trusts the sandbox's certificates instead of WhatsApp's, for the whole process. It takes the sandbox
 * settings themselves, which exist only when the configuration says sandbox and loopback.
 */
export function trustSandbox({ rootKey }: Sandbox): void {
  WA_CERT_DETAILS.PUBLIC_KEY = Buffer.from(rootKey);
}
