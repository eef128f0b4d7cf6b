import type { IqHandler } from "./iq.ts";
import { element, seconds } from "./node.ts";

/** Nobody has a profile picture; setting one is taken and forgotten. */
export const onPicture: IqHandler = ({ node, answer, refuse }) => {
  if (node.attrs["type"] === "get") return refuse(404, "item-not-found");
  answer([element("picture", { id: seconds() })]);
};
