import type { Lane } from "@roost/contract/messages";
import { LANES, PRIORITIES, urgency } from "../leases/lanes.ts";
import { ReadyRank } from "./ready-rank.ts";
import { GRADES, type Grade } from "../leases/stranger.ts";
import type { StoredMessage } from "../stored.ts";

/** What of a lane may be handed out: how many, of whom, and how many that begin a chat. */
export type Pick = { lane: Lane; count: number; grades: readonly Grade[]; newChats: number };
export type LaneCounts = { accepted: number; scheduled: number; leased: number };

type Place = {
  lane: Lane;
  grade: Grade;
  priority: number;
  chat: number;
  characters: number;
  state: "accepted" | "scheduled" | "leased" | "unconfirmed";
};

/** The chat a message belongs to, and what WhatsApp takes its person for. */
export type Whom = { chat: number; grade: Grade };

/**
 * The messages that were accepted and are not finished, in the order in which they go out. It lives
 * in memory and is rebuilt from the message log, so nothing here is a fact of its own.
 */
export class Outbox {
  private readonly whomOf: (message: StoredMessage) => Whom;
  private readonly places = new Map<number, Place>();
  /** Due and in nobody's hands, in the order of acceptance within a lane, grade and priority. */
  private readonly shelves: Shelf[] = LANES.flatMap((lane) =>
    GRADES.flatMap((grade) => Array.from({ length: PRIORITIES }, () => newShelf(lane, grade))),
  );
  /** The due messages of chats that nobody has answered yet. */
  private readonly strangers = new Map<number, Set<number>>();
  private readonly scheduled = new Map<number, number>();
  private readonly expiries = new Map<number, number>();
  private readonly tallies: Record<Lane, LaneCounts> = {
    reply: { accepted: 0, scheduled: 0, leased: 0 },
    direct: { accepted: 0, scheduled: 0, leased: 0 },
    campaign: { accepted: 0, scheduled: 0, leased: 0 },
  };
  private readonly dueNow: Record<Lane, Record<Grade, number>> = {
    reply: { known: 0, unanswered: 0, new: 0 },
    direct: { known: 0, unanswered: 0, new: 0 },
    campaign: { known: 0, unanswered: 0, new: 0 },
  };
  private readonly hand = new Set<number>();
  private newChats = 0;
  private unconfirmed = 0;
  private text = 0;
  /** No message needs a look before this; it may be too early, never too late. */
  private lookAt: number | null = null;

  constructor(whomOf: (message: StoredMessage) => Whom) {
    this.whomOf = whomOf;
  }

  /** Puts the message where its state belongs; called after every change of it. */
  place(message: StoredMessage): void {
    const { n, out } = message;
    if (out === null) return;
    this.remove(n);
    const state = message.states.at(-1)?.[0];
    if (state === "accepted") this.addReady(message);
    else if (state === "scheduled") {
      this.put(message, "scheduled");
      this.note(this.scheduled, n, out.sendAt ?? 0);
    } else if (state === "leased" || state === "unconfirmed") this.put(message, state);
    const isWaiting = state === "accepted" || state === "scheduled";
    if (isWaiting && out.expiresAt !== null) this.note(this.expiries, n, out.expiresAt);
  }

  /** The message is in no lease any more, though its fate is open: it is due again. */
  makeReady(message: StoredMessage): void {
    const { n, out } = message;
    if (out === null || this.places.get(n)?.state !== "leased") return;
    this.remove(n);
    this.addReady(message);
    if (out.expiresAt !== null) this.note(this.expiries, n, out.expiresAt);
  }

  /** Two chats turned out to be one person's. */
  mergeChats(from: number, into: number): void {
    const moved = this.strangers.get(from);
    if (moved === undefined || from === into) return;
    this.strangers.delete(from);
    const others = this.strangers.get(into) ?? new Set();
    for (const n of moved) {
      others.add(n);
      const place = this.places.get(n);
      if (place !== undefined) place.chat = into;
    }
    this.strangers.set(into, others);
  }

  /** Something became known of a chat: its messages may go among those to people we know. */
  regrade(chat: number, find: (n: number) => StoredMessage | null): void {
    const waiting = Array.from(this.strangers.get(chat) ?? []);
    for (const n of waiting) {
      const message = find(n);
      const place = this.places.get(n);
      if (message === null || place === undefined) continue;
      if (this.whomOf(message).grade === place.grade) continue;
      this.remove(n);
      this.addReady(message);
      const expiresAt = message.out?.expiresAt ?? null;
      if (expiresAt !== null) this.note(this.expiries, n, expiresAt);
    }
  }

  /** The first due messages, whatever holds them; at most `limit`. */
  first(limit: number): number[] {
    return this.pick(
      LANES.map((lane) => ({ lane, count: limit, grades: GRADES, newChats: limit })),
      limit,
    );
  }

  /** The first due messages of what may go: lane by lane, urgent ones first. */
  pick(picks: readonly Pick[], limit: number): number[] {
    const found: number[] = [];
    for (const { lane, count, grades, newChats } of picks) {
      const enough = Math.min(limit, found.length + count);
      const budget = { newChats };
      for (let rank = 0; rank < PRIORITIES && found.length < enough; rank++) {
        const shelves = grades.map((grade) => this.shelf(lane, grade, rank));
        for (const n of merged(shelves, budget)) {
          found.push(n);
          if (found.length === enough) break;
        }
      }
    }
    return found;
  }

  /** How many of a lane are due, by whom they go to. */
  due(lane: Lane): Readonly<Record<Grade, number>> {
    return this.dueNow[lane];
  }

  /** Scheduled messages whose time has come, and waiting ones whose time is over. */
  ripe(now: number): { due: number[]; expired: number[] } {
    if (this.lookAt === null || this.lookAt > now) return { due: [], expired: [] };
    const ripe = { due: until(this.scheduled, now), expired: until(this.expiries, now) };
    this.lookAt = null;
    for (const times of [this.scheduled, this.expiries]) {
      for (const at of times.values()) this.lookNoLaterThan(at > now ? at : now);
    }
    return ripe;
  }

  /** When a message is to be looked at again, or a little earlier; null when none is. */
  nextAt(): number | null {
    return this.lookAt;
  }

  counts(): LaneCounts & { unconfirmed: number } {
    const { reply, direct, campaign } = this.tallies;
    const sum = (state: keyof LaneCounts) => reply[state] + direct[state] + campaign[state];
    return {
      accepted: sum("accepted"),
      scheduled: sum("scheduled"),
      leased: sum("leased"),
      unconfirmed: this.unconfirmed,
    };
  }

  /** How long the texts are of all that is not finished. */
  characters(): number {
    return this.text;
  }

  /** What waits or is in a host's hands, lane by lane. */
  laneCounts(): Record<Lane, LaneCounts> {
    const { reply, direct, campaign } = this.tallies;
    return { reply: { ...reply }, direct: { ...direct }, campaign: { ...campaign } };
  }

  /** Everything that must be found again after a restart. */
  numbers(): number[] {
    return [...this.places.keys()].sort((a, b) => a - b);
  }

  inHand(): number[] {
    return [...this.hand];
  }

  /** How many of those in hand begin a chat. */
  newChatsInHand(): number {
    return this.newChats;
  }

  private put(message: StoredMessage, state: Place["state"]): Place | null {
    const { n, out } = message;
    if (out === null) return null;
    const { lane, priority } = out;
    const characters = message.text?.length ?? 0;
    const place: Place = { lane, priority, characters, state, ...this.whomOf(message) };
    this.places.set(n, place);
    this.text += characters;
    if (state === "unconfirmed") this.unconfirmed += 1;
    else this.tallies[lane][state] += 1;
    if (state !== "leased") return place;
    this.hand.add(n);
    if (place.grade === "new") this.newChats += 1;
    return place;
  }

  private remove(n: number): void {
    const place = this.places.get(n);
    this.scheduled.delete(n);
    this.expiries.delete(n);
    this.hand.delete(n);
    if (place === undefined) return;
    this.places.delete(n);
    const { lane, grade, priority, characters, state, chat } = place;
    this.text -= characters;
    if (state === "unconfirmed") this.unconfirmed -= 1;
    else this.tallies[lane][state] -= 1;
    if (state === "leased" && grade === "new") this.newChats -= 1;
    if (state !== "accepted") return;
    this.dueNow[lane][grade] -= 1;
    this.shelf(lane, grade, urgency(priority)).numbers.delete(n);
    const others = this.strangers.get(chat);
    others?.delete(n);
    if (others?.size === 0) this.strangers.delete(chat);
  }

  private addReady(message: StoredMessage): void {
    const { n } = message;
    const place = this.put(message, "accepted");
    if (place === null) return;
    this.dueNow[place.lane][place.grade] += 1;
    this.shelf(place.lane, place.grade, urgency(place.priority)).numbers.add(n);
    if (place.grade === "known") return;
    const others = this.strangers.get(place.chat) ?? new Set();
    this.strangers.set(place.chat, others.add(n));
  }

  private shelf(lane: Lane, grade: Grade, rank: number): Shelf {
    const at = (LANES.indexOf(lane) * GRADES.length + GRADES.indexOf(grade)) * PRIORITIES + rank;
    const shelf = this.shelves[at];
    if (shelf === undefined) throw new Error(`there is no priority of urgency ${rank}`);
    return shelf;
  }

  private note(times: Map<number, number>, n: number, at: number): void {
    times.set(n, at);
    this.lookNoLaterThan(at);
  }

  private lookNoLaterThan(at: number): void {
    this.lookAt = this.lookAt === null ? at : Math.min(this.lookAt, at);
  }
}

/** What is due of one lane, grade and priority. */
type Shelf = { lane: Lane; grade: Grade; numbers: ReadyRank };

function newShelf(lane: Lane, grade: Grade): Shelf {
  return { lane, grade, numbers: new ReadyRank() };
}

/** The numbers of all shelves in the order of acceptance, with as many new chats as are allowed. */
function* merged(shelves: readonly Shelf[], budget: { newChats: number }): Generator<number> {
  const heads = shelves.map(({ grade, numbers }) => {
    const rest = numbers.inTurn();
    return { grade, rest, next: rest.next() };
  });
  for (;;) {
    let first: { head: (typeof heads)[number]; n: number } | null = null;
    for (const head of heads) {
      if (head.next.done === true || (head.grade === "new" && budget.newChats <= 0)) continue;
      const n = head.next.value;
      if (first === null || n < first.n) first = { head, n };
    }
    if (first === null) return;
    const { head, n } = first;
    head.next = head.rest.next();
    if (head.grade === "new") budget.newChats -= 1;
    yield n;
  }
}

function until(times: ReadonlyMap<number, number>, now: number): number[] {
  const found: number[] = [];
  for (const [n, at] of times) if (at <= now) found.push(n);
  return found;
}
