import type { proto, WAMessage } from "@whiskeysockets/baileys";
import { expect, test } from "vitest";
import { translateMessage } from "./translate-message.ts";

function message(content: proto.IMessage | undefined, key: Partial<WAMessage["key"]> = {}) {
  return {
    key: { id: "A1", remoteJid: "1555@s.whatsapp.net", fromMe: false, ...key },
    ...(content && { message: content }),
    pushName: "Ada",
    messageTimestamp: 1_700_000_000,
  } as WAMessage;
}

test.each<[string, string | null, proto.IMessage]>([
  ["text", "hi", { conversation: "hi" }],
  ["text", "hi", { extendedTextMessage: { text: "hi" } }],
  ["text", "hi", { ephemeralMessage: { message: { conversation: "hi" } } }],
  ["image", "look", { imageMessage: { caption: "look" } }],
  ["video", null, { videoMessage: {} }],
  ["voice", null, { audioMessage: { ptt: true } }],
  ["audio", null, { audioMessage: {} }],
  [
    "document",
    "a",
    { documentWithCaptionMessage: { message: { documentMessage: { caption: "a" } } } },
  ],
  ["sticker", null, { stickerMessage: {} }],
  ["location", null, { locationMessage: {} }],
  ["contact", null, { contactMessage: {} }],
  ["poll", "Tea?", { pollCreationMessageV3: { name: "Tea?" } }],
  ["unsupported", null, { orderMessage: {} }],
])("%s with text %j", (type, text, content) => {
  expect(translateMessage(message(content))).toMatchObject({ type, text, waId: "A1" });
});

test.each<proto.IMessage | undefined>([
  undefined,
  { protocolMessage: {} },
  { reactionMessage: { text: "+" } },
  { senderKeyDistributionMessage: {} },
])("%j is not a message of its own", (content) => {
  expect(translateMessage(message(content))).toBeNull();
});

test.each(["120363@g.us", "status@broadcast", "1@newsletter"])("%s is not served yet", (chat) => {
  expect(translateMessage(message({ conversation: "hi" }, { remoteJid: chat }))).toBeNull();
});

test("number and LID are both kept, whichever of them came first", () => {
  const byLid = { remoteJid: "77@lid", remoteJidAlt: "1555@s.whatsapp.net" };
  expect(translateMessage(message({ conversation: "hi" }, byLid))?.peer).toEqual({
    phone: "1555",
    lid: "77",
  });
});

test("an answer says which message it answers", () => {
  const content = { extendedTextMessage: { text: "yes", contextInfo: { stanzaId: "B2" } } };
  expect(translateMessage(message(content))).toMatchObject({ quotedWaId: "B2", name: "Ada" });
});
