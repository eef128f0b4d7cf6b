import { QueryIds } from "@whiskeysockets/baileys";
import { newChatCap, timeLock } from "../faults/standing.ts";
import type { IqHandler } from "./iq.ts";
import { children, element } from "./node.ts";

/** Questions in GraphQL, known by a number: what WhatsApp thinks of the account. */
export const onMex: IqHandler = ({ network, companion, node, answer }) => {
  const queryId = children(node, "query")[0]?.attrs["query_id"];
  const { number } = companion.phone;
  const { faults } = network;
  const data =
    queryId === QueryIds.MESSAGE_CAPPING_INFO
      ? { xwa2_message_capping_info: newChatCap(faults.find("new_chat_cap", number)) }
      : { xwa2_fetch_account_reachout_timelock: timeLock(faults.find("time_lock", number)) };
  answer([element("result", {}, Buffer.from(JSON.stringify({ data })))]);
};
