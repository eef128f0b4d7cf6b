import type { Chat } from "@roost/contract/chats";
import { formatPhone } from "../lib/phone.ts";

/** What to call the person: their name, their number, or that WhatsApp hides it. */
export function chatTitle({ name, phone }: Pick<Chat, "name" | "phone">): string {
  if (name !== null && name !== "") return name;
  return phone === null ? "Number hidden" : formatPhone(phone);
}

/** One or two letters for a name, the last two digits for a number. */
export function initialsOf(title: string): string {
  if (/^[+\d]/.test(title)) return title.replaceAll(/\D/g, "").slice(-2);
  const words = title.split(/\s+/).filter((word) => word !== "");
  const chosen = words.length > 1 ? [words.at(0), words.at(-1)] : words;
  return chosen.map(firstCharacter).join("").toUpperCase();
}

/** What a reader sees as the first character, which may be several code points. */
function firstCharacter(word = ""): string {
  const [first] = new Intl.Segmenter("en").segment(word);
  return first?.segment ?? "";
}
