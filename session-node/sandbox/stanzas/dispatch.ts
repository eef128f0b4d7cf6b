import type { BinaryNode } from "@whiskeysockets/baileys";
import type { Connection } from "../network/connection.ts";
import type { Network } from "../network/network.ts";
import { finishLink } from "../phones/link.ts";
import { onAbt } from "./abt.ts";
import { onAck } from "./ack.ts";
import { onAppState } from "./app-state.ts";
import { onBlocklist } from "./blocklist.ts";
import { onEncrypt } from "./encrypt.ts";
import { onGroups } from "./groups.ts";
import { type Iq, type IqHandler, iqError, iqResult } from "./iq.ts";
import { onMd, onMdWhileLinking } from "./md.ts";
import { onMedia } from "./media.ts";
import { onMessage } from "./message.ts";
import { onMex } from "./mex.ts";
import { firstChild } from "./node.ts";
import { onPassive } from "./passive.ts";
import { onPicture } from "./picture.ts";
import { onChatState, onPresence } from "./presence.ts";
import { onPrivacy } from "./privacy.ts";
import { onReceipt } from "./receipt.ts";
import type { Session, StanzaHandler } from "./session.ts";
import { onUsync } from "./usync.ts";

const ignore = () => undefined;

/** What a companion can say. */
const STANZAS: Record<string, StanzaHandler> = {
  iq: onIq,
  message: onMessage,
  receipt: onReceipt,
  ack: onAck,
  presence: onPresence,
  chatstate: onChatState,
  // Telemetry and calls.
  ib: ignore,
  call: ignore,
};

/** What a companion can ask, by namespace. */
const QUESTIONS: Record<string, IqHandler> = {
  abt: onAbt,
  blocklist: onBlocklist,
  encrypt: onEncrypt,
  md: onMd,
  passive: onPassive,
  privacy: onPrivacy,
  usync: onUsync,
  "w:g2": onGroups,
  "w:m": onMedia,
  "w:mex": onMex,
  // The keep-alive.
  "w:p": ({ answer }) => answer(),
  "w:profile:picture": onPicture,
  "w:sync:app:state": onAppState,
};

/** Brings a stanza to its handler. */
export async function dispatch(
  network: Network,
  connection: Connection,
  node: BinaryNode,
): Promise<void> {
  network.counters.countStanza();
  const { companion } = connection;
  if (!companion) return dispatchWhileLinking(network, connection, node);

  const handler = STANZAS[node.tag];
  if (handler) await handler({ network, connection, companion }, node);
  else network.counters.countUnknown(node.tag);
}

function dispatchWhileLinking(network: Network, connection: Connection, node: BinaryNode): void {
  if (node.tag !== "iq") return;
  const { type, id, xmlns } = node.attrs;
  if (type === "result" || type === "error") {
    if (network.pairing.links.get(connection)?.iqId === id) finishLink(network, connection);
    return;
  }
  if (xmlns === "md") onMdWhileLinking(network, connection, node);
  else connection.send(iqResult(node));
}

async function onIq(session: Session, node: BinaryNode): Promise<void> {
  const { network, connection } = session;
  const { type, xmlns = "" } = node.attrs;
  if (type !== "get" && type !== "set") return;

  const iq: Iq = {
    ...session,
    node,
    question: firstChild(node),
    answer: (content) => connection.send(iqResult(node, content)),
    refuse: (code, text) => connection.send(iqError(node, code, text)),
  };
  const handler = QUESTIONS[xmlns];
  if (handler) return await handler(iq);
  // Clients ask many things that do not matter here; an empty answer lets them go on.
  network.counters.countUnknown(`${xmlns}/${iq.question?.tag ?? ""}`);
  iq.answer();
}
