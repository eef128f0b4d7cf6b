import { bodyOf, chanceText, type Id } from "@roost/contract/ids";

const PATTERN = /^rk_([0-9a-hjkmnp-tv-z]{26})_([0-9a-hjkmnp-tv-z]{26})_([0-9a-hjkmnp-tv-z]{52})$/;

/** How many random bytes a key's secret is made of; each gives five bits, 260 in all. */
export const SECRET_BYTES = 52;

/** Who issued a key and which one it is, read from its text. Says nothing about its being valid. */
export type KeyName = { tenantId: Id<"tenant">; keyId: Id<"key"> };

/** The text of a key: it names the tenant and the key, so that no directory is needed. */
export function keyText({ tenantId, keyId }: KeyName, random: Uint8Array): string {
  return `rk_${bodyOf(tenantId)}_${bodyOf(keyId)}_${chanceText(random)}`;
}

/** What a key's text names, or null when it is no key's text. */
export function parseKeyText(text: string): KeyName | null {
  const match = PATTERN.exec(text);
  if (match === null) return null;
  return { tenantId: `ten_${match[1]}`, keyId: `key_${match[2]}` };
}
