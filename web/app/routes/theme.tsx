import { type ActionFunctionArgs, redirect } from "@remix-run/cloudflare";
import { textOf } from "../forms.server.ts";
import { safeNextPath } from "../next-path.ts";
import { themeCookie, toTheme } from "../theme.ts";

export function loader() {
  return redirect("/");
}

/** Remembers light, dark or as the system, and goes back to where it was chosen. */
export async function action({ request }: ActionFunctionArgs) {
  const form = await request.formData();
  const theme = toTheme(textOf(form, "theme"));
  const headers = { "set-cookie": themeCookie(theme) };
  return redirect(safeNextPath(textOf(form, "back")), { headers });
}
