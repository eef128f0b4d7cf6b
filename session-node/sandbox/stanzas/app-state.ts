import { getBinaryNodeChild } from "@whiskeysockets/baileys";
import type { IqHandler } from "./iq.ts";
import { children, element } from "./node.ts";

/** App state (archived, muted, ...): patches are taken without looking into them, none are given. */
export const onAppState: IqHandler = ({ question, answer }) => {
  const collections = children(question, "collection").map((collection) => {
    const { name, version = "0" } = collection.attrs;
    const isPatched = getBinaryNodeChild(collection, "patch") !== undefined;
    return element("collection", {
      name,
      type: "result",
      version: String(Number(version) + Number(isPatched)),
      has_more_patches: "false",
    });
  });
  answer([element("sync", {}, collections)]);
};
