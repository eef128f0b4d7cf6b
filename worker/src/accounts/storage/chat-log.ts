import type { Peer } from "@roost/contract/host";
import type { Pages } from "./pages.ts";
import type { StoredChat } from "../stored.ts";

const PER_PAGE = 64;

/** All chats of the account. They are few and small, so all are in memory; pages keep them. */
export class ChatLog {
  private readonly pages: Pages;
  private readonly chats = new Map<number, StoredChat>();
  private readonly byPhone = new Map<string, number>();
  private readonly byLid = new Map<string, number>();
  private readonly dirty = new Set<number>();

  constructor(pages: Pages) {
    this.pages = pages;
    for (const [, chats] of pages.newestFirst("chats")) {
      for (const chat of chats) this.index(chat);
    }
  }

  count(): number {
    return this.chats.size;
  }

  /** The chat with this number, or the one it was merged into. */
  find(n: number): StoredChat | null {
    const chat = this.chats.get(n);
    if (chat === undefined) return null;
    return chat.mergedInto === null ? chat : this.find(chat.mergedInto);
  }

  /** The chats of this person: two when we have not known yet that phone and LID are the same. */
  findPeer(peer: Peer): StoredChat[] {
    const numbers = [
      peer.phone === null ? undefined : this.byPhone.get(peer.phone),
      peer.lid === null ? undefined : this.byLid.get(peer.lid),
    ];
    const chats = numbers.map((n) => (n === undefined ? null : this.find(n)));
    return [...new Set(chats)].filter((chat) => chat !== null);
  }

  put(chat: StoredChat): void {
    this.index(chat);
    this.dirty.add(chat.n);
  }

  touch(n: number): void {
    this.dirty.add(n);
  }

  /** The latest first. */
  latestFirst(): StoredChat[] {
    return [...this.chats.values()]
      .filter((chat) => chat.mergedInto === null)
      .sort((a, b) => b.updatedAt - a.updatedAt || b.n - a.n);
  }

  /** Writes every page with a changed chat. Once all is durable call what it answers. */
  checkpoint(): () => void {
    const numbers = new Set([...this.dirty].map((n) => Math.floor((n - 1) / PER_PAGE)));
    for (const page of numbers) {
      const chats: StoredChat[] = [];
      for (let n = page * PER_PAGE + 1; n <= (page + 1) * PER_PAGE; n++) {
        const chat = this.chats.get(n);
        if (chat !== undefined) chats.push(chat);
      }
      this.pages.write("chats", page, chats);
    }
    return () => this.dirty.clear();
  }

  private index(chat: StoredChat): void {
    this.leaveIndex(chat.n);
    this.chats.set(chat.n, chat);
    if (chat.mergedInto !== null) return;
    if (chat.phone !== null) this.byPhone.set(chat.phone, chat.n);
    for (const phone of chat.dialled) this.byPhone.set(phone, chat.n);
    if (chat.lid !== null) this.byLid.set(chat.lid, chat.n);
  }

  /** An address that is the chat's no more must not lead to it. */
  private leaveIndex(n: number): void {
    const before = this.chats.get(n);
    if (before === undefined) return;
    for (const phone of [before.phone, ...before.dialled]) {
      if (phone !== null && this.byPhone.get(phone) === n) this.byPhone.delete(phone);
    }
    if (before.lid !== null && this.byLid.get(before.lid) === n) this.byLid.delete(before.lid);
  }
}
