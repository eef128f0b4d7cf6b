import { getBinaryNodeChild, type BinaryNode, proto } from "@whiskeysockets/baileys";
import { jidOf } from "../network/addresses.ts";
import type { Companion } from "../network/companion.ts";
import type { Network } from "../network/network.ts";
import { children } from "../stanzas/node.ts";
import { findMessage, keptContent } from "../storage/messages.ts";
import { sendPeerMessage } from "./bootstrap.ts";
import { unwrap } from "./content.ts";

const { Type } = proto.Message.ProtocolMessage;
const { PLACEHOLDER_MESSAGE_RESEND } = proto.Message.PeerDataOperationRequestType;

/** A companion asks its own phone for something: which messages it could not read, for example. */
export async function onPeerMessage(
  network: Network,
  companion: Companion,
  node: BinaryNode,
): Promise<void> {
  const message = await decrypt(companion, node);
  const request = message && unwrap(message).protocolMessage?.peerDataOperationRequestMessage;
  if (request?.peerDataOperationRequestType !== PLACEHOLDER_MESSAGE_RESEND) return;
  const { number } = companion.phone;
  network.counters.resendRequests++;
  // As if the phone were switched off.
  if (network.faults.take("no_resend", number)) return;
  const keys = (request.placeholderMessageResendRequest ?? []).flatMap(
    ({ messageKey }) => messageKey ?? [],
  );
  await sendPeerMessage(network, companion, {
    type: Type.PEER_DATA_OPERATION_REQUEST_RESPONSE_MESSAGE,
    peerDataOperationRequestResponseMessage: {
      peerDataOperationRequestType: PLACEHOLDER_MESSAGE_RESEND,
      stanzaId: node.attrs["id"] ?? "",
      peerDataOperationResult: keys.map((key) => ({
        placeholderMessageResendResponse: webMessageInfo(network, companion, key),
      })),
    },
  });
}

/** The message as the phone has it, in the words of its own chat list; empty when it has none. */
function webMessageInfo(
  network: Network,
  { phone }: Companion,
  { id }: proto.IMessageKey,
): proto.Message.PeerDataOperationRequestResponseMessage.PeerDataOperationResult.IPlaceholderMessageResendResponse {
  const kept = id ? findMessage(network.store, phone.number, id) : undefined;
  const content = id ? keptContent(network.store, phone.number, id) : undefined;
  if (!id || !kept || !content) return {};
  const isOurs = kept.direction === "out";
  const other = network.book.find(isOurs ? kept.to : kept.from);
  if (!other) return {};
  const info = proto.WebMessageInfo.encode({
    key: { remoteJid: jidOf(other, kept.addressing), fromMe: isOurs, id },
    message: proto.Message.decode(content),
    messageTimestamp: Math.floor(Date.parse(kept.at) / 1000),
    pushName: isOurs ? null : other.name,
  });
  return { webMessageInfoBytes: info.finish() };
}

async function decrypt(companion: Companion, node: BinaryNode): Promise<proto.Message | null> {
  const { phone, device } = companion;
  const participants = children(getBinaryNodeChild(node, "participants"), "to");
  const encrypted = getBinaryNodeChild(participants[0] ?? node, "enc");
  if (!(encrypted?.content instanceof Uint8Array)) return null;
  try {
    const from = { lid: phone.lid, device };
    const type = encrypted.attrs["type"] ?? "msg";
    return await phone.device.decrypt(from, type, encrypted.content);
  } catch {
    return null;
  }
}
