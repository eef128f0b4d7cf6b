import { proto, type WAMessage } from "@whiskeysockets/baileys";
import { expect, test } from "vitest";
import { translateAmendment } from "./translate-amendment.ts";

const { Type } = proto.Message.ProtocolMessage;

function given(message: proto.IMessage, fromMe = false): WAMessage {
  const key = { remoteJid: "55@lid", remoteJidAlt: "4911@s.whatsapp.net", id: "S1", fromMe };
  return { key, message, messageTimestamp: 1_700_000_000 };
}

const about = {
  waId: "M1",
  stanzaId: "S1",
  peer: { phone: "4911", lid: "55" },
  fromMe: false,
  at: 1_700_000_000_000,
};

test("an edit says the new text, wrapped or not", () => {
  const protocolMessage = {
    key: { id: "M1" },
    type: Type.MESSAGE_EDIT,
    editedMessage: { extendedTextMessage: { text: "new" } },
  };
  const edit = { kind: "edited", ...about, text: "new" };
  expect(translateAmendment(given({ protocolMessage }))).toEqual(edit);
  const wrapped = { editedMessage: { message: { protocolMessage } } };
  expect(translateAmendment(given(wrapped))).toEqual(edit);
});

test("a revocation names the message, whoever of the two wrote it", () => {
  const protocolMessage = { key: { id: "M1" }, type: Type.REVOKE };
  expect(translateAmendment(given({ protocolMessage }, true))).toEqual({
    kind: "revoked",
    ...about,
    fromMe: true,
  });
});

test.each([
  ["👍", "👍"],
  ["", null],
])("a reaction %j is told as %j", (text, emoji) => {
  const reactionMessage = { key: { id: "M1", fromMe: true }, text };
  const reaction = { kind: "reaction", ...about, toOurs: true, emoji };
  expect(translateAmendment(given({ reactionMessage }))).toEqual(reaction);
});

test.each<proto.IMessage>([
  { conversation: "hello" },
  { protocolMessage: { key: { id: "M1" }, type: Type.EPHEMERAL_SETTING } },
  { reactionMessage: { text: "👍" } },
])("%j does nothing to another message", (message) => {
  expect(translateAmendment(given(message))).toBeNull();
});
