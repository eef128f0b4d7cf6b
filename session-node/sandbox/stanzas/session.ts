import type { BinaryNode } from "@whiskeysockets/baileys";
import type { Companion } from "../network/companion.ts";
import type { Connection } from "../network/connection.ts";
import type { Network } from "../network/network.ts";

/** A logged-in companion on its connection. */
export type Session = {
  readonly network: Network;
  readonly connection: Connection;
  readonly companion: Companion;
};

export type StanzaHandler = (session: Session, node: BinaryNode) => void | Promise<void>;
