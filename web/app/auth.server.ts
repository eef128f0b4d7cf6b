import { type AppLoadContext, data, redirect } from "@remix-run/cloudflare";
import type { Me } from "@roost/contract/auth";
import type { Answer } from "./answer.server.ts";
import { type Api, apiFor } from "./api.server.ts";
import { loginPath } from "./next-path.ts";

/** Who is signed in, and the API as them; sends everybody else to the login, and back afterwards. */
export async function requireMember(
  request: Request,
  context: AppLoadContext,
): Promise<{ api: Api; me: Me }> {
  const api = apiFor(request, context);
  return { api, me: orThrow(await api.me(), request) };
}

/** Sends people who are signed in already to their accounts. */
export async function requireVisitor(request: Request, context: AppLoadContext): Promise<Api> {
  const api = apiFor(request, context);
  if (!(request.headers.get("cookie") ?? "").includes("roost_session=")) return api;
  const me = await api.me();
  if (me.ok) throw redirect("/accounts");
  return api;
}

/** The value; or the login, or the error page with the API's sentence. */
export function orThrow<T>(answer: Answer<T>, request: Request): T {
  if (answer.ok) return answer.value;
  const { status, detail, code } = answer.problem;
  if (status === 401) throw redirect(loginPath(request));
  throw data({ detail, code }, status);
}

/** Who runs Roost, and the API as them. For everybody else who is signed in there is nothing here. */
export async function requireAdmin(
  request: Request,
  context: AppLoadContext,
): Promise<{ api: Api; me: Me }> {
  const member = await requireMember(request, context);
  if (!member.me.is_platform_admin) throw data(null, 404);
  return member;
}
