import { type ActionFunctionArgs, redirect } from "@remix-run/cloudflare";
import { apiFor } from "../api.server.ts";
import { orThrow } from "../auth.server.ts";

export function loader() {
  return redirect("/");
}

export async function action({ request, context }: ActionFunctionArgs) {
  const api = apiFor(request, context);
  const loggedOut = await api.logOut();
  // Whoever is not signed in any more has what they wanted.
  if (!loggedOut.ok && loggedOut.problem.status !== 401) orThrow(loggedOut, request);
  return redirect("/login", { headers: api.headers });
}

export { ErrorPage as ErrorBoundary } from "../components/error-page.tsx";
