import type { IqHandler } from "./iq.ts";
import { element } from "./node.ts";

/** Nobody is blocked. */
export const onBlocklist: IqHandler = ({ node, answer }) => {
  answer(node.attrs["type"] === "get" ? [element("list", { dhash: "1" }, [])] : undefined);
};
