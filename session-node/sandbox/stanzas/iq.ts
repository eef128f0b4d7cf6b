import type { BinaryNode } from "@whiskeysockets/baileys";
import { SERVER } from "../network/addresses.ts";
import type { Companion } from "../network/companion.ts";
import type { Connection } from "../network/connection.ts";
import type { Network } from "../network/network.ts";
import { element } from "./node.ts";

/** A question of a client that is logged in. Every one of them gets an answer. */
export type Iq = {
  readonly network: Network;
  readonly connection: Connection;
  readonly companion: Companion;
  readonly node: BinaryNode;
  /** The first part, which says what is asked. */
  readonly question: BinaryNode | undefined;
  answer: (content?: BinaryNode[]) => void;
  refuse: (code: number, text: string) => void;
};

export type IqHandler = (iq: Iq) => void | Promise<void>;

/** The positive answer to a question. */
export function iqResult(question: BinaryNode, content?: BinaryNode[]): BinaryNode {
  return element("iq", { type: "result", ...address(question) }, content);
}

/** The refusal of a question. */
export function iqError(question: BinaryNode, code: number, text: string): BinaryNode {
  const error = element("error", { code: String(code), text });
  return element("iq", { type: "error", ...address(question) }, [error]);
}

function address({ attrs }: BinaryNode) {
  return { id: attrs["id"], from: attrs["to"] ?? SERVER };
}
