import { data, type LoaderFunctionArgs, type MetaFunction } from "@remix-run/cloudflare";
import { Link, NavLink, Outlet, useLoaderData } from "@remix-run/react";
import { ChevronLeft } from "lucide-react";
import { AccountNotice } from "../accounts/account-notice.tsx";
import { apiFor } from "../api.server.ts";
import { orThrow } from "../auth.server.ts";
import { PageBody } from "../components/app-shell.tsx";
import { AccountBadge } from "../components/badge.tsx";
import { cn } from "../lib/cn.ts";
import { formatPhone } from "../lib/phone.ts";
import { useLiveEvents, useRefresh } from "../live/live-events.tsx";
import { useLiveAccount } from "../live/use-live-account.ts";

export const meta: MetaFunction<typeof loader> = ({ data: loaded }) => [
  { title: `${loaded?.account.name ?? "Account"} · Roost` },
];

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const { id } = params;
  if (id === undefined) throw data(null, 404);
  return { account: orThrow(await apiFor(request, context).getAccount(id), request) };
}

const tabs = [
  { to: ".", label: "Overview" },
  { to: "health", label: "Health" },
  { to: "queue", label: "Queue" },
  { to: "settings", label: "Settings" },
];

/** An account's name, state and pages. */
export default function AccountFrame() {
  const account = useLiveAccount(useLoaderData<typeof loader>().account);
  const refresh = useRefresh();
  useLiveEvents((event) => {
    // Its page looks different in each state, so it needs what belongs to the new one.
    if (event.account === account.id && !event.type.startsWith("message.")) refresh();
  });
  return (
    <PageBody>
      <Link
        to="/accounts"
        className="-ml-1 inline-flex items-center gap-1 rounded text-sm text-muted-foreground hover:text-foreground"
      >
        <ChevronLeft aria-hidden className="size-4" />
        Accounts
      </Link>
      <header className="mt-3 flex flex-wrap items-center gap-x-3 gap-y-2">
        <h1 className="min-w-0 text-2xl font-semibold tracking-tight [overflow-wrap:anywhere]">
          {account.name}
        </h1>
        <output>
          <AccountBadge state={account.state} />
        </output>
      </header>
      <p className="mt-1 min-h-6 text-muted-foreground tabular-nums">
        {account.phone === null ? "No phone linked yet" : formatPhone(account.phone)}
      </p>
      <nav
        aria-label="Account"
        className="mt-5 mb-6 flex gap-6 overflow-x-auto overflow-y-hidden border-b border-border"
      >
        {tabs.map(({ to, label }) => (
          <NavLink
            key={to}
            to={to}
            end
            preventScrollReset
            className={({ isActive }) =>
              cn(
                "-mb-px border-b-2 border-transparent px-0.5 pb-2.5 text-sm font-medium text-muted-foreground hover:text-foreground",
                isActive && "border-primary text-foreground",
              )
            }
          >
            {label}
          </NavLink>
        ))}
      </nav>
      <AccountNotice account={account} />
      <Outlet context={account} />
    </PageBody>
  );
}

export { ErrorPane as ErrorBoundary } from "../components/error-page.tsx";
