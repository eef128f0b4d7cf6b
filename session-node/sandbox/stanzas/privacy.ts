import type { IqHandler } from "./iq.ts";
import { element } from "./node.ts";

const CATEGORIES = ["last", "online", "profile", "status", "readreceipts", "groupadd", "calladd"];

/** Everything is visible to everybody; the tokens that clients issue to contacts are taken. */
export const onPrivacy: IqHandler = ({ question, answer }) => {
  if (question?.tag === "tokens") return answer();
  const categories = CATEGORIES.map((name) => element("category", { name, value: "all" }));
  answer([element("privacy", {}, categories)]);
};
