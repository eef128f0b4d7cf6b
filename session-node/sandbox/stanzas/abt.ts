import type { IqHandler } from "./iq.ts";
import { element } from "./node.ts";

/** Server properties. 10518 is "LIDs are used in one-to-one chats". */
export const onAbt: IqHandler = ({ answer }) => {
  answer([
    element("props", { protocol: "1", ab_key: "", hash: "sandbox", refresh: "86400" }, [
      element("prop", { config_code: "10518", config_value: "true" }),
    ]),
  ]);
};
