import { data } from "@remix-run/cloudflare";
import type { SendMessage } from "@roost/contract/messages";
import type { z } from "zod";
import type { Api } from "../api.server.ts";
import { refused, textOf } from "../forms.server.ts";
import { barePhone, PHONE_SENTENCE } from "../lib/phone.ts";

type Where = Pick<z.input<typeof SendMessage>, "account" | "to">;

/** Sends what was typed into a send box or a composer. */
export async function sendFromForm(api: Api, form: FormData, where: Where) {
  const key = textOf(form, "idempotency_key") || crypto.randomUUID();
  // Browsers post line breaks as CRLF; on WhatsApp they are LF.
  const body = textOf(form, "text").replaceAll("\r\n", "\n");
  const to = barePhone(where.to);
  const sent = await api.sendMessage({ ...where, to, type: "text", text: { body } }, key);
  if (!sent.ok) return refused(sent.problem, form, { say: { to: PHONE_SENTENCE } });
  return data({ sent: sent.value.id });
}
