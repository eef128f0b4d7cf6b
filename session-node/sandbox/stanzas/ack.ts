import { pendingKey, settle, settleMessage } from "../network/delivery.ts";
import type { StanzaHandler } from "./session.ts";

/** The companion confirms a stanza it was sent. */
export const onAck: StanzaHandler = ({ network, companion }, { attrs }) => {
  const { class: confirmed = "", id = "", type } = attrs;
  if (confirmed === "message") settleMessage(network, companion, id);
  else settle(network, companion, pendingKey(confirmed, id, type));
};
