import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { Outlet } from "@remix-run/react";
import { requireAdmin } from "../auth.server.ts";

/** Pages of those who run Roost. For everybody else there is nothing at these addresses. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  await requireAdmin(request, context);
  return null;
}

export default function Admin() {
  return <Outlet />;
}
