import { randomBytes } from "node:crypto";
import { deflateSync } from "node:zlib";
import { proto } from "@whiskeysockets/baileys";
import { pnJid } from "../network/addresses.ts";
import type { Companion } from "../network/companion.ts";
import type { Connection } from "../network/connection.ts";
import { push } from "../network/delivery.ts";
import type { Network } from "../network/network.ts";
import { element, newId, seconds } from "../stanzas/node.ts";
import { keptContent, messagesAt } from "../storage/messages.ts";

const { Type } = proto.Message.ProtocolMessage;
const { HistorySyncType } = proto.HistorySync;

/** So much of what a phone has is told to a new companion. */
const HISTORY_MESSAGES = 50;

/** After linking the phone sends the companion its app state key and the latest history, once. */
export async function bootstrap(network: Network, connection: Connection): Promise<void> {
  const { companion } = connection;
  if (!companion || !connection.wantsBootstrap) return;
  connection.wantsBootstrap = false;

  await sendPeerMessage(network, companion, {
    type: Type.APP_STATE_SYNC_KEY_SHARE,
    appStateSyncKeyShare: {
      keys: [
        {
          keyId: { keyId: randomBytes(6) },
          keyData: {
            keyData: randomBytes(32),
            fingerprint: { rawId: 1, currentIndex: 0, deviceIndexes: [0] },
            timestamp: Date.now(),
          },
        },
      ],
    },
  });
  const history = proto.HistorySync.encode({
    syncType: HistorySyncType.INITIAL_BOOTSTRAP,
    progress: 100,
    conversations: historyOf(network, companion),
  }).finish();
  await sendPeerMessage(network, companion, {
    type: Type.HISTORY_SYNC_NOTIFICATION,
    historySyncNotification: {
      syncType: proto.Message.HistorySyncType.INITIAL_BOOTSTRAP,
      chunkOrder: 1,
      progress: 100,
      initialHistBootstrapInlinePayload: deflateSync(history),
    },
  });
  companion.isBootstrapped = true;
  network.book.saveCompanion(companion);
}

/** The chats of a phone with their latest messages, the newest first. */
function historyOf(network: Network, { phone }: Companion): proto.IConversation[] {
  const chats = new Map<string, proto.IHistorySyncMsg[]>();
  for (const message of messagesAt(network.store, phone.number, HISTORY_MESSAGES).toReversed()) {
    const isOurs = message.direction === "out";
    const jid = `${isOurs ? message.to : message.from}@s.whatsapp.net`;
    const content = keptContent(network.store, phone.number, message.wa_id);
    if (!content) continue;
    const told = {
      key: { remoteJid: jid, fromMe: isOurs, id: message.wa_id },
      message: proto.Message.decode(content),
      messageTimestamp: Math.floor(Date.parse(message.at) / 1000),
    };
    chats.set(jid, [...(chats.get(jid) ?? []), { message: told }]);
  }
  return Array.from(chats, ([id, messages]) => ({ id, messages }));
}

/** What the phone tells its own companion, and nobody else. */
export async function sendPeerMessage(
  network: Network,
  companion: Companion,
  protocolMessage: proto.Message.IProtocolMessage,
): Promise<void> {
  const { phone, device } = companion;
  const { type, bytes } = await phone.device.encrypt(
    { lid: phone.lid, device },
    proto.Message.encode({ protocolMessage }).finish(),
    () => companion.takeBundle(),
  );
  const attributes = {
    from: pnJid(phone),
    id: newId(10),
    type: "text",
    category: "peer",
    t: seconds(),
    notify: phone.name,
  };
  push(
    network,
    companion,
    element("message", attributes, [element("enc", { v: "2", type }, bytes)]),
  );
}
