import type { Api } from "../api.server.ts";
import { textOf } from "../forms.server.ts";

/** Edits or takes back what was sent, if the form asks for that; null if it asks for something else. */
export async function amendFromForm(api: Api, form: FormData) {
  const message = textOf(form, "message");
  switch (textOf(form, "intent")) {
    case "edit":
      // Browsers post line breaks as CRLF; on WhatsApp they are LF.
      return api.editMessage(message, textOf(form, "text").replaceAll("\r\n", "\n"));
    case "revoke":
      return api.deleteMessage(message);
    default:
      return null;
  }
}
