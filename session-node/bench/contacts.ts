/** Whom account number `account` writes to: the same for raw Baileys and for Roost. */
export function contactOf(account: number, contact: number): string {
  return `1559${String(account).padStart(3, "0")}${String(contact + 1).padStart(4, "0")}`;
}

/** The `index`th linked number of a bench; `base` keeps raw Baileys' apart from Roost's. */
export function accountNumber(base: number, index: number): string {
  return String(base + index);
}
