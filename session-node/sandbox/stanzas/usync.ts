import { type BinaryNode, getBinaryNodeChild } from "@whiskeysockets/baileys";
import { lidJid, parseJid } from "../network/addresses.ts";
import type { Network } from "../network/network.ts";
import type { Phone } from "../network/phone.ts";
import type { IqHandler } from "./iq.ts";
import { children, element, seconds, textOf } from "./node.ts";

/** Looks people up: are they on WhatsApp, what is their LID, which devices do they have. */
export const onUsync: IqHandler = ({ network, companion, question, answer, refuse }) => {
  if (network.faults.take("rate_overlimit", companion.phone.number)) {
    return refuse(429, "rate-overlimit");
  }
  const protocols = children(getBinaryNodeChild(question, "query")).map(({ tag }) => tag);
  const users = children(getBinaryNodeChild(question, "list"), "user").map((user) =>
    answerUser(network, user, protocols),
  );
  answer([
    element("usync", { ...question?.attrs }, [
      element(
        "result",
        {},
        protocols.map((protocol) => element(protocol)),
      ),
      element("list", {}, users),
    ]),
  ]);
};

/** A user is named by JID, by number in `<contact>`, or by both. */
function answerUser(network: Network, user: BinaryNode, protocols: readonly string[]): BinaryNode {
  const contact = textOf(getBinaryNodeChild(user, "contact"))?.replace(/^\+/, "");
  const jid = user.attrs["jid"];
  const phone = jid ? network.book.resolve(jid) : network.book.resolveNumber(contact ?? "");
  const number = contact ?? phone?.number ?? parseJid(jid)?.user ?? "";
  const asked = jid ?? `${number}@s.whatsapp.net`;

  const parts = protocols.flatMap((protocol) => answerProtocol(protocol, phone, number, asked));
  return element("user", { jid: asked }, parts);
}

function answerProtocol(
  protocol: string,
  phone: Phone | undefined,
  number: string,
  asked: string,
): BinaryNode[] {
  if (protocol === "contact") {
    return [element("contact", { type: phone ? "in" : "out" }, Buffer.from(`+${number}`))];
  }
  if (!phone) return [];
  switch (protocol) {
    case "lid":
      return asked.endsWith("@lid") ? [] : [element("lid", { val: lidJid(phone) })];
    case "devices":
      return [deviceList(phone)];
    case "status":
      return [element("status", { t: seconds() }, Buffer.from("Available"))];
    case "disappearing_mode":
      return [element("disappearing_mode", { duration: "0", t: "0" })];
    default:
      return [];
  }
}

function deviceList(phone: Phone): BinaryNode {
  const companions = [...phone.companions.keys()].map((device) =>
    element("device", { id: String(device), "key-index": String(device) }),
  );
  return element("devices", {}, [
    element("device-list", { hash: "1" }, [element("device", { id: "0" }), ...companions]),
    element("key-index-list", { ts: seconds() }, Buffer.alloc(4)),
  ]);
}
