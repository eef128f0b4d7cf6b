import type { Pages } from "./pages.ts";

/** Keys are spread over so many pages; one that changes costs its page, at a checkpoint. */
const PAGES = 64;

/**
 * The account's WhatsApp credentials and Signal keys: names in clear, values encrypted on the host
 * with a key that the edge cannot open. Here they are opaque text.
 */
export class CredentialStore {
  private readonly pages: Pages;
  private changed = new Map<string, string | null>();
  private dataKey: string | null;

  constructor(pages: Pages, dataKey: string | null) {
    this.pages = pages;
    this.dataKey = dataKey;
  }

  /** The account's data key, wrapped by the fleet's key-encryption key. */
  wrappedDataKey(): string | null {
    return this.dataKey;
  }

  write(dataKey: string | null, writes: readonly [string, string | null][]): void {
    if (dataKey !== null) this.dataKey = dataKey;
    for (const [name, value] of writes) this.changed.set(name, value);
  }

  /** The values in the order asked; null where there is none. */
  read(names: readonly string[]): (string | null)[] {
    const found = new Map<string, string | null>();
    const stored: string[] = [];
    for (const name of names) {
      const changed = this.changed.get(name);
      if (changed === undefined) stored.push(name);
      else found.set(name, changed);
    }
    // A large account's pages are large: one after the other, none is kept.
    for (const [n, wanted] of Map.groupBy(stored, pageOf)) {
      const page = this.pages.read("keys", n) ?? {};
      for (const name of wanted) found.set(name, page[name] ?? null);
    }
    return names.map((name) => found.get(name) ?? null);
  }

  forget(): void {
    this.dataKey = null;
    this.changed.clear();
    this.pages.forget("keys");
  }

  /** Writes every page with a changed key. Once all is durable call what it answers. */
  checkpoint(): () => void {
    for (const [n, changes] of Map.groupBy(this.changed, ([name]) => pageOf(name))) {
      const page = this.pages.read("keys", n) ?? {};
      for (const [name, value] of changes) {
        if (value === null) delete page[name];
        else page[name] = value;
      }
      this.pages.write("keys", n, page);
    }
    return () => {
      this.changed = new Map();
    };
  }
}

/** FNV-1a: any even spread does, it only must never change. */
function pageOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) {
    hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  }
  return (hash >>> 0) % PAGES;
}
