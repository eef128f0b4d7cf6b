import { EventEmitter } from "node:events";
import { Faults } from "../faults/faults.ts";
import type { ServerIdentity } from "../noise/certificates.ts";
import { PairingDesk } from "../phones/pairing-desk.ts";
import type { Store } from "../storage/store.ts";
import type { Activity } from "./activity.ts";
import type { Companion } from "./companion.ts";
import type { Connection } from "./connection.ts";
import { Counters } from "./counters.ts";
import { PhoneBook } from "./phone-book.ts";

/** The whole simulated network: everybody on it and everything that goes on. Handlers take it first. */
export class Network {
  readonly store: Store;
  readonly identity: ServerIdentity;
  readonly book: PhoneBook;
  readonly faults = new Faults();
  readonly counters = new Counters();
  readonly pairing = new PairingDesk();
  readonly connections = new Set<Connection>();
  /** The row that the next stanza to wait for a companion gets. */
  nextPending = 1;
  private readonly activity = new EventEmitter<{ activity: [Activity] }>().setMaxListeners(0);

  constructor(store: Store, identity: ServerIdentity) {
    this.store = store;
    this.identity = identity;
    this.book = new PhoneBook(store);
  }

  *companions(): Generator<Companion> {
    for (const phone of this.book.all()) yield* phone.companions.values();
  }

  /** Something went wrong that nobody waits for; `/stats` shows it. */
  readonly noteFailure = (error: unknown): void => {
    this.counters.failures++;
    this.counters.lastFailure = error instanceof Error ? error.message : String(error);
  };

  /** Tells whoever watches, for example the page. */
  tell(activity: Activity): void {
    if (this.activity.listenerCount("activity") > 0) this.activity.emit("activity", activity);
  }

  /** Listens until the returned function is called. */
  watch(listener: (activity: Activity) => void): () => void {
    this.activity.on("activity", listener);
    return () => this.activity.off("activity", listener);
  }
}
