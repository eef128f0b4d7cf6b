import type { IqHandler } from "./iq.ts";
import { element } from "./node.ts";

/** Groups are not simulated yet: nobody is in one, and none is found. This is their place. */
export const onGroups: IqHandler = ({ question, answer, refuse }) => {
  if (question?.tag === "participating") return answer([element("groups", {}, [])]);
  refuse(404, "item-not-found");
};
