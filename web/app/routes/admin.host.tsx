import {
  type ActionFunctionArgs,
  data,
  type LoaderFunctionArgs,
  type MetaFunction,
  redirect,
} from "@remix-run/cloudflare";
import { Link, useActionData, useLoaderData } from "@remix-run/react";
import { ChevronLeft } from "lucide-react";
import { orThrow, requireAdmin } from "../auth.server.ts";
import { PageBody } from "../components/app-shell.tsx";
import { Badge } from "../components/badge.tsx";
import { Card, CardBody, CardHeader } from "../components/card.tsx";
import { Fact, Facts } from "../components/facts.tsx";
import { Time } from "../components/time.tsx";
import { DrainCard } from "../fleet/drain-card.tsx";
import { ErrorsCard } from "../fleet/errors-card.tsx";
import { HostLoad } from "../fleet/host-load.tsx";
import { hostWords } from "../fleet/host-words.ts";
import { HostedCard } from "../fleet/hosted-card.tsx";
import { refusalOf } from "../forms.ts";
import { refused, textOf } from "../forms.server.ts";
import { usePolling } from "../live/use-polling.ts";

const LOOK_EVERY_MS = 5_000;
/** While accounts leave, somebody watches. */
const WATCH_EVERY_MS = 1_500;

export const meta: MetaFunction<typeof loader> = ({ data: loaded }) => [
  { title: `${loaded?.host.name ?? "Host"} · Fleet · Roost` },
];

export async function loader({ request, context, params }: LoaderFunctionArgs) {
  const { host: name } = params;
  if (name === undefined) throw data(null, 404);
  const { api } = await requireAdmin(request, context);
  return { host: orThrow(await api.getHost(name), request) };
}

export async function action({ request, context, params }: ActionFunctionArgs) {
  const { host: name } = params;
  if (name === undefined) throw data(null, 404);
  const { api } = await requireAdmin(request, context);
  const form = await request.formData();
  const isDrain = textOf(form, "intent") === "drain";
  const answer = isDrain ? await api.drainHost(name) : await api.resumeHost(name);
  if (!answer.ok) return refused(answer.problem, form);
  return redirect(`/admin/fleet/${encodeURIComponent(name)}`);
}

export default function OneHost() {
  const { host } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const words = hostWords[host.state];
  usePolling(host.state === "draining" && host.accounts > 0 ? WATCH_EVERY_MS : LOOK_EVERY_MS);
  return (
    <PageBody>
      <Link
        to="/admin/fleet"
        className="-ml-1 inline-flex items-center gap-1 rounded text-sm text-muted-foreground hover:text-foreground"
      >
        <ChevronLeft aria-hidden className="size-4" />
        Fleet
      </Link>
      <header className="mt-3 mb-6 flex flex-wrap items-center gap-x-3 gap-y-2">
        <h1 className="min-w-0 text-2xl font-semibold tracking-tight [overflow-wrap:anywhere]">
          {host.name}
        </h1>
        <output>
          <Badge tone={words.tone} isMoving={host.state === "draining"}>
            {words.label}
          </Badge>
        </output>
      </header>
      <div className="space-y-6">
        <div className="grid items-start gap-6 lg:grid-cols-2">
          <Card aria-labelledby="load">
            <CardHeader id="load" title="Load" description={words.meaning} />
            <CardBody className="space-y-5">
              <HostLoad load={host.load} />
              <Facts>
                <Fact label="Region">{host.region}</Fact>
                <Fact label="Connected since">
                  {host.connected_at === null ? "Not connected" : <Time at={host.connected_at} />}
                </Fact>
                <Fact label="Last heard of">
                  {host.seen_at === null ? "Never" : <Time at={host.seen_at} />}
                </Fact>
              </Facts>
            </CardBody>
          </Card>
          <DrainCard
            key={host.state}
            host={host}
            refusal={refusalOf(answer, "drain") ?? refusalOf(answer, "resume")}
          />
        </div>
        <HostedCard host={host} />
        <ErrorsCard errors={host.errors} />
      </div>
    </PageBody>
  );
}

export { ErrorPane as ErrorBoundary } from "../components/error-page.tsx";
export { keepWhenUnreachable as clientAction } from "../reach.ts";
