import { expect, test } from "vitest";
import { isFromOwnPhone } from "./own-phone.ts";

const me = { id: "1555:3@s.whatsapp.net", lid: "900:3@lid" };
const stanza = (attrs: Record<string, string>) => ({ tag: "message", attrs });

test.each([
  { from: "1555@s.whatsapp.net" },
  { from: "1555:0@s.whatsapp.net" },
  { from: "900@lid" },
  { from: "1234@s.whatsapp.net", participant: "900@lid" },
])("the owner's phone sent %j", (attrs) => expect(isFromOwnPhone(stanza(attrs), me)).toBe(true));

test.each([
  // Another linked device of the owner, or this one: they can be online while the phone is not.
  { from: "1555:2@s.whatsapp.net" },
  { from: "900:3@lid" },
  { from: "1556@s.whatsapp.net" },
  { from: "@s.whatsapp.net" },
  {},
])("somebody else sent %j", (attrs) => expect(isFromOwnPhone(stanza(attrs), me)).toBe(false));

test("before anybody is linked there is no phone", () => {
  expect(isFromOwnPhone(stanza({ from: "1555@s.whatsapp.net" }), undefined)).toBe(false);
});
