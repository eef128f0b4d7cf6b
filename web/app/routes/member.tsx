import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { Outlet, useLoaderData } from "@remix-run/react";
import { requireMember } from "../auth.server.ts";
import { AppShell } from "../components/app-shell.tsx";
import { LiveEvents } from "../live/live-events.tsx";
import { LiveNotice } from "../live/live-notice.tsx";

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { me } = await requireMember(request, context);
  return { me };
}

/** The frame of every page of a member, with the one stream of events that all of them share. */
export default function Member() {
  const { me } = useLoaderData<typeof loader>();
  return (
    <LiveEvents>
      <AppShell me={me}>
        <Outlet />
      </AppShell>
      <LiveNotice />
    </LiveEvents>
  );
}

export { ErrorPage as ErrorBoundary } from "../components/error-page.tsx";
