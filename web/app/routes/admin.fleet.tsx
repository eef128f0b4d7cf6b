import type { LoaderFunctionArgs, MetaFunction } from "@remix-run/cloudflare";
import { Link, useLoaderData } from "@remix-run/react";
import type { Host } from "@roost/contract/admin";
import { Server } from "lucide-react";
import { orThrow, requireAdmin } from "../auth.server.ts";
import { PageBody } from "../components/app-shell.tsx";
import { Badge } from "../components/badge.tsx";
import { Card, CardBody } from "../components/card.tsx";
import { EmptyState } from "../components/empty-state.tsx";
import { Figure } from "../components/figure.tsx";
import { PageHeader } from "../components/page-header.tsx";
import { ErrorsCard } from "../fleet/errors-card.tsx";
import { HostLoad } from "../fleet/host-load.tsx";
import { hostWords } from "../fleet/host-words.ts";
import { counted } from "../lib/numbers.ts";
import { usePolling } from "../live/use-polling.ts";

/** Hosts tell their load every ten seconds. */
const LOOK_EVERY_MS = 5_000;

export const meta: MetaFunction = () => [{ title: "Fleet · Roost" }];

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { api } = await requireAdmin(request, context);
  const [hosts, errors] = await Promise.all([api.listHosts(), api.listFleetErrors()]);
  return { hosts: orThrow(hosts, request).data, errors: orThrow(errors, request).data };
}

export default function Fleet() {
  const { hosts, errors } = useLoaderData<typeof loader>();
  usePolling(LOOK_EVERY_MS);
  return (
    <PageBody>
      <PageHeader
        title="Fleet"
        description="The hosts that hold the connections to WhatsApp, of all tenants."
      />
      <div className="space-y-6">
        {hosts.length === 0 ? (
          <Card>
            <EmptyState icon={Server} title="No host yet">
              Hosts dial in by themselves once they are started with this deployment’s address and
              secret.
            </EmptyState>
          </Card>
        ) : (
          <>
            <Totals hosts={hosts} />
            <ul aria-label="Hosts" className="space-y-4">
              {hosts.map((host) => (
                <li key={host.name}>
                  <HostCard host={host} />
                </li>
              ))}
            </ul>
          </>
        )}
        <ErrorsCard errors={errors} />
      </div>
    </PageBody>
  );
}

function Totals({ hosts }: { hosts: readonly Host[] }) {
  const sum = (of: (host: Host) => number): number =>
    hosts.reduce((total, host) => total + of(host), 0);
  const up = hosts.filter(({ state }) => state === "up");
  const room = up.reduce(
    (total, { load }) => total + Math.max(0, (load?.capacity ?? 0) - (load?.sessions ?? 0)),
    0,
  );
  return (
    <Card aria-label="All together">
      <CardBody className="pt-5">
        <dl className="grid grid-cols-2 gap-4 sm:grid-cols-4">
          <Figure label="Hosts up" value={up.length} of={`of ${hosts.length}`} />
          <Figure label="Accounts" value={sum(({ accounts }) => accounts)} of="placed" />
          <Figure label="Sessions" value={sum(({ load }) => load?.sessions ?? 0)} of="running" />
          <Figure label="Room" value={room} of="more" />
        </dl>
      </CardBody>
    </Card>
  );
}

function HostCard({ host }: { host: Host }) {
  const words = hostWords[host.state];
  const errors = host.errors.reduce((total, { count }) => total + count, 0);
  return (
    <Card className="relative p-5 transition-colors hover:border-input">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <h2 className="min-w-0 text-base font-semibold tracking-tight [overflow-wrap:anywhere]">
          <Link
            to={`/admin/fleet/${encodeURIComponent(host.name)}`}
            className="after:absolute after:inset-0"
          >
            {host.name}
          </Link>
        </h2>
        <Badge tone={words.tone} isMoving={host.state === "draining"}>
          {words.label}
        </Badge>
      </div>
      <p className="mt-0.5 mb-4 text-[0.8125rem] text-muted-foreground tabular-nums">
        {host.region} · {counted(host.accounts, "account")} · {counted(errors, "error")} in 24 hours
      </p>
      <HostLoad load={host.load} />
    </Card>
  );
}

export { ErrorPane as ErrorBoundary } from "../components/error-page.tsx";
