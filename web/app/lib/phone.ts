import { parsePhoneNumberFromString } from "libphonenumber-js/min";

/** A number as people write it: `+55 11 99999 0000`. What cannot be read stays as it is. */
export function formatPhone(phone: string): string {
  return parsePhoneNumberFromString(phone)?.formatInternational() ?? phone;
}
