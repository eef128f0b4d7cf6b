import { jidOf, type Addressing, addressingOf, pnJid } from "../network/addresses.ts";
import type { Network } from "../network/network.ts";
import type { Phone, Presence, Typing } from "../network/phone.ts";
import type { StanzaHandler } from "./session.ts";
import { element, firstChild, seconds } from "./node.ts";

/** The companion says that it is there, or asks to be told when somebody else is. */
export const onPresence: StanzaHandler = ({ network, connection, companion }, { attrs }) => {
  const { type = "available", to } = attrs;
  if (type === "subscribe") {
    const subject = network.book.resolve(to);
    subject?.subscribers.add(companion);
    if (subject && to) connection.send(presence(to, subject.presence));
    return;
  }
  if (type !== "available" && type !== "unavailable") return;
  companion.isAvailable = type === "available";
  tellSubscribers(network, companion.phone, type);
};

/** The companion's user types: the other side's phone shows it, and so do its companions. */
export const onChatState: StanzaHandler = ({ network, companion }, node) => {
  const to = node.attrs["to"];
  const other = network.book.resolve(to);
  const state = firstChild(node)?.tag;
  if (!other || !to || (state !== "composing" && state !== "paused")) return;
  showTyping(network, companion.phone, other, state, addressingOf(to));
};

/** Somebody types to somebody. Not kept for those who are away. */
export function showTyping(
  network: Network,
  from: Phone,
  to: Phone,
  state: Typing["state"],
  addressing: Addressing,
): void {
  const typing = { from: from.number, state, at: new Date().toISOString() };
  if (state === "composing") to.typing.set(from.number, typing);
  else to.typing.delete(from.number);
  network.tell({ kind: "typing", number: to.number, typing });
  for (const { connection } of to.companions.values()) {
    connection?.send(element("chatstate", { from: jidOf(from, addressing) }, [element(state)]));
  }
}

/** The phone's owner opens or leaves WhatsApp. `to` is told in any case, others when they asked. */
export function showPresence(
  network: Network,
  phone: Phone,
  state: Presence,
  to: Phone | undefined,
): void {
  phone.presence = state;
  for (const { connection } of to?.companions.values() ?? []) {
    connection?.send(presence(pnJid(phone), state));
  }
  tellSubscribers(network, phone, state, to);
}

function tellSubscribers(network: Network, phone: Phone, state: Presence, except?: Phone): void {
  network.tell({ kind: "phone", number: phone.number });
  for (const companion of phone.subscribers) {
    if (companion.phone === except) continue;
    companion.connection?.send(presence(pnJid(phone), state));
  }
}

function presence(from: string, state: Presence) {
  const last = state === "unavailable" ? seconds() : undefined;
  return element("presence", { from, type: state, last });
}
