import type { BinaryNode } from "@whiskeysockets/baileys";
import { parseJid } from "../network/addresses.ts";
import type { Connection } from "../network/connection.ts";
import { push } from "../network/delivery.ts";
import type { Network } from "../network/network.ts";
import { devicesChanged } from "../phones/link.ts";
import { finishCode, openCodeRequest } from "../phones/pair-by-code.ts";
import { type IqHandler, iqError, iqResult } from "./iq.ts";
import { element, firstChild } from "./node.ts";

/** The companion unlinks itself. */
export const onMd: IqHandler = ({ network, companion, question, answer }) => {
  if (question?.tag !== "remove-companion-device") return answer();
  const { phone, device } = companion;
  network.book.unlink(companion);
  for (const other of phone.companions.values()) {
    push(network, other, devicesChanged(phone, "remove", device));
  }
  network.tell({ kind: "phone", number: phone.number });
  network.store.afterCommit(() => answer());
};

/** A client that is not linked yet wants to be, by a code. */
export function onMdWhileLinking(network: Network, connection: Connection, node: BinaryNode): void {
  const question = firstChild(node);
  const stage = question?.attrs["stage"];
  const number = parseJid(question?.attrs["jid"])?.user;
  if (question?.tag !== "link_code_companion_reg" || !number) {
    return connection.send(iqResult(node));
  }
  if (stage === "companion_finish") {
    connection.send(iqResult(node));
    return finishCode(network, connection, question);
  }
  const refusal = network.faults.take("code_refused", number);
  if (refusal) return connection.send(iqError(node, refusal.code, "bad-request"));
  const ref = openCodeRequest(network, connection, number, question);
  connection.send(
    iqResult(node, [
      element("link_code_companion_reg", { stage: "companion_hello" }, [
        element("link_code_pairing_ref", {}, ref),
      ]),
    ]),
  );
}
