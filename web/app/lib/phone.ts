import { parsePhoneNumberFromString } from "libphonenumber-js/min";

/** What is said of a number that is none; people know nothing of E.164. */
export const PHONE_SENTENCE = "Write a phone number with its country code, like +55 11 98765-4321.";

/** Without the spaces, dashes and brackets that people put into numbers; other addresses as they are. */
export function barePhone(text: string): string {
  const trimmed = text.trim();
  return /^\+?[\d\s().-]+$/.test(trimmed) ? trimmed.replaceAll(/[\s().-]/g, "") : trimmed;
}

/** A number as people write it: `+55 11 98765 4321`. What cannot be read stays as it is. */
export function formatPhone(phone: string): string {
  return parsePhoneNumberFromString(phone)?.formatInternational() ?? phone;
}
