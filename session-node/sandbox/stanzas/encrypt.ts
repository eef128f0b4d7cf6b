import { createHash } from "node:crypto";
import { type BinaryNode, getBinaryNodeChild } from "@whiskeysockets/baileys";
import { parseJid } from "../network/addresses.ts";
import type { Companion } from "../network/companion.ts";
import type { Network } from "../network/network.ts";
import { bootstrap } from "../phones/bootstrap.ts";
import { element as part, bytesOf, children, newId, numberOf, seconds } from "./node.ts";
import { SERVER } from "../network/addresses.ts";
import { bigEndian, KEY_TYPE } from "../signal/keys.ts";
import type { KeyBundle } from "../signal/device.ts";
import { push } from "../network/delivery.ts";
import type { Iq, IqHandler } from "./iq.ts";

/** A companion with fewer prekeys than this is asked for more. */
const LOW_PREKEYS = 5;

/** Keys: how many are left, which are there, those of others, and new ones. */
export const onEncrypt: IqHandler = async (iq) => {
  const { node, question, companion, network, connection, answer } = iq;
  if (node.attrs["type"] === "get") {
    if (question?.tag === "count") {
      return answer([part("count", { value: String(companion.preKeyCount) })]);
    }
    if (question?.tag === "digest") return answer([digest(companion)]);
    if (question?.tag === "key") return answerKeys(iq, question);
    return answer();
  }

  storeKeys(network, companion, node);
  network.store.afterCommit(() => answer());
  if (children(node, "list").length > 0 && connection.isActive)
    await bootstrap(network, connection);
};

/** All that the server has of this companion, with a hash over it, so that the client can compare. */
function digest(companion: Companion): BinaryNode {
  const { registrationId, identity, signedPreKey } = companion;
  const preKeys = companion.preKeys();
  const hash = createHash("sha1").update(identity).update(signedPreKey.public);
  hash.update(signedPreKey.signature);
  for (const key of preKeys) hash.update(key.public);

  return part("digest", {}, [
    part("registration", {}, bigEndian(registrationId, 4)),
    part("type", {}, KEY_TYPE),
    part("identity", {}, identity),
    signedPreKeyPart(signedPreKey),
    part(
      "list",
      {},
      preKeys.map((key) => part("id", {}, bigEndian(key.id, 3))),
    ),
    part("hash", {}, hash.digest()),
  ]);
}

function answerKeys({ network, companion, answer, refuse }: Iq, question: BinaryNode): void {
  if (network.faults.take("rate_overlimit", companion.phone.number)) {
    return refuse(429, "rate-overlimit");
  }
  const users = children(question, "user").map(({ attrs }) => {
    const jid = attrs["jid"];
    const bundle = bundleOf(network, jid);
    if (!bundle) {
      return part("user", { jid }, [part("error", { code: "404", text: "item-not-found" })]);
    }
    return part("user", { jid, t: seconds() }, bundleParts(bundle));
  });
  answer([part("list", {}, users)]);
}

function bundleOf(network: Network, jid: string | undefined): KeyBundle | undefined {
  const phone = network.book.resolve(jid);
  const device = parseJid(jid)?.device ?? 0;
  if (!phone || device === 0) return phone?.device.takeBundle();

  const companion = phone.companions.get(device);
  const bundle = companion?.takeBundle();
  if (companion) warnOfLowPreKeys(network, companion);
  return bundle;
}

function warnOfLowPreKeys(network: Network, companion: Companion): void {
  if (companion.hasLowPreKeys || companion.preKeyCount >= LOW_PREKEYS) return;
  companion.hasLowPreKeys = true;
  const count = part("count", { value: String(companion.preKeyCount) });
  const attributes = { type: "encrypt", from: SERVER, id: newId(), t: seconds() };
  push(network, companion, part("notification", attributes, [count]));
}

function bundleParts({ registrationId, identity, signedPreKey, preKey }: KeyBundle): BinaryNode[] {
  return [
    part("registration", {}, bigEndian(registrationId, 4)),
    part("type", {}, KEY_TYPE),
    part("identity", {}, identity),
    signedPreKeyPart(signedPreKey),
    ...(preKey
      ? [
          part("key", {}, [
            part("id", {}, bigEndian(preKey.id, 3)),
            part("value", {}, preKey.public),
          ]),
        ]
      : []),
  ];
}

function signedPreKeyPart(key: KeyBundle["signedPreKey"]): BinaryNode {
  return part("skey", {}, [
    part("id", {}, bigEndian(key.id, 3)),
    part("value", {}, key.public),
    part("signature", {}, key.signature),
  ]);
}

function storeKeys(network: Network, companion: Companion, node: BinaryNode): void {
  const list = getBinaryNodeChild(node, "list");
  const signed = getBinaryNodeChild(node, "skey") ?? getBinaryNodeChild(node, "rotate");
  if (list) {
    companion.registrationId = numberOf(node, "registration");
    companion.identity = bytesOf(node, "identity");
    companion.addPreKeys(
      children(list, "key").map((key) => ({
        id: numberOf(key, "id"),
        public: bytesOf(key, "value"),
      })),
    );
  }
  const skey = signed?.tag === "rotate" ? getBinaryNodeChild(signed, "skey") : signed;
  if (skey) {
    companion.signedPreKey = {
      id: numberOf(skey, "id"),
      public: bytesOf(skey, "value"),
      signature: bytesOf(skey, "signature"),
    };
  }
  network.book.saveCompanion(companion);
}
