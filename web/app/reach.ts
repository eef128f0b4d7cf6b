import type { ClientActionFunctionArgs } from "@remix-run/react";
import type { FormRefusal } from "./forms.ts";

/** What browsers say of a request that had no answer, and Remix of one that Roost did not answer. */
const NO_ANSWER =
  /^(Failed to fetch|NetworkError|Load failed|network error|Unable to decode turbo-stream)/i;

/** Whether a call to the server failed because no answer of Roost came. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof Error && NO_ANSWER.test(error.message);
}

/** A form's answer from the server; when none comes, a refusal, so that the page keeps what was typed. */
export async function keepWhenUnreachable({ request, serverAction }: ClientActionFunctionArgs) {
  const form = await request.clone().formData();
  const wasOffline = !navigator.onLine;
  try {
    return await serverAction();
  } catch (error) {
    if (!isUnreachable(error)) throw error;
    // As a response, because only its status keeps Remix from loading the page anew, in vain.
    return Response.json({ refusal: unreachable(form, wasOffline) }, { status: 503 });
  }
}

/** A key makes sure that what did arrive is not done again. */
function retry(form: FormData): string {
  return form.has("idempotency_key") ? "Try again; nothing is sent twice." : "Try again.";
}

/** The refusal of a form that had no answer. Its key is kept for the next try. */
export function unreachable(form: FormData, wasOffline: boolean): FormRefusal {
  const values: Record<string, string> = {};
  for (const [name, value] of form) {
    if (typeof value === "string" && name !== "password" && name !== "token") values[name] = value;
  }
  // With a network, the request may have arrived and only its answer be lost.
  const rest = wasOffline ? "Nothing was sent; try again." : retry(form);
  return {
    intent: values.intent ?? "",
    code: "unreachable",
    detail: `Roost could not be reached. ${rest}`,
    fields: {},
    values,
  };
}
