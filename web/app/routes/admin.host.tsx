import {
  type ActionFunctionArgs,
  data,
  type LoaderFunctionArgs,
  type MetaFunction,
  redirect,
} from "@remix-run/cloudflare";
import { Form, Link, useActionData, useLoaderData, useNavigation } from "@remix-run/react";
import type { HostDetail } from "@roost/contract/admin";
import { ChevronLeft, Smartphone } from "lucide-react";
import { useState } from "react";
import { orThrow, requireAdmin } from "../auth.server.ts";
import { PageBody } from "../components/app-shell.tsx";
import { Badge } from "../components/badge.tsx";
import { SubmitButton } from "../components/button.tsx";
import { Card, CardBody, CardHeader } from "../components/card.tsx";
import { ConfirmDialog } from "../components/confirm-dialog.tsx";
import { EmptyState } from "../components/empty-state.tsx";
import { Fact, Facts } from "../components/facts.tsx";
import { FormError } from "../components/form.tsx";
import { Time } from "../components/time.tsx";
import { ErrorsCard } from "../fleet/errors-card.tsx";
import { HostLoad } from "../fleet/host-load.tsx";
import { hostedWords, hostWords } from "../fleet/host-words.ts";
import { type FormRefusal, refusalOf } from "../forms.ts";
import { refused, textOf } from "../forms.server.ts";
import { counted, percentOf } from "../lib/numbers.ts";
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
        <Hosted host={host} />
        <ErrorsCard errors={host.errors} />
      </div>
    </PageBody>
  );
}

/** Empties the host before it is updated or ended, and takes it back into service. */
function DrainCard({ host, refusal }: { host: HostDetail; refusal: FormRefusal | null }) {
  const isResuming = useNavigation().formData?.get("intent") === "resume";
  const isDraining = host.state === "draining";
  return (
    <Card aria-labelledby="drain">
      <CardHeader
        id="drain"
        title={isDraining ? "Draining" : "Drain"}
        description={
          isDraining
            ? "Each account finishes the message in hand, then goes to another host."
            : "Before a host is updated or ended: its accounts move to other hosts, and it takes no new ones."
        }
      />
      <CardBody className="space-y-4">
        <FormError refusal={refusal} />
        {isDraining ? (
          <>
            <Leaving left={host.accounts} />
            <Form method="post" preventScrollReset>
              <input type="hidden" name="intent" value="resume" />
              <SubmitButton variant="outline" isPending={isResuming} pendingLabel="Resuming">
                Take it back into service
              </SubmitButton>
            </Form>
          </>
        ) : (
          <ConfirmDialog
            name="drain"
            trigger="Drain this host"
            title={`Drain “${host.name}”?`}
            confirm="Drain"
            pendingLabel="Draining"
            fields={{ intent: "drain" }}
          >
            {host.accounts === 0
              ? "It has no accounts now, and will get none."
              : `${counted(host.accounts, "account")} will move to other hosts; each is away for a moment. Where no other host has room, accounts wait for one.`}
          </ConfirmDialog>
        )}
      </CardBody>
    </Card>
  );
}

/** How many are still there, of those that were when somebody began to look. */
function Leaving({ left }: { left: number }) {
  const [most, setMost] = useState(left);
  if (left > most) setMost(left);
  const isDone = left === 0;
  return (
    <div>
      <output className="text-sm">
        {isDone
          ? "Empty. It can be updated or ended now."
          : `${counted(left, "account")} still here.`}
      </output>
      <div aria-hidden className="mt-2 h-1.5 overflow-hidden rounded-full bg-muted">
        <div
          className="h-full rounded-full bg-primary transition-[width] duration-500"
          style={{ width: `${isDone ? 100 : 100 - percentOf(left, most)}%` }}
        />
      </div>
    </div>
  );
}

function Hosted({ host }: { host: HostDetail }) {
  const { hosted } = host;
  return (
    <Card aria-labelledby="hosted" className="overflow-hidden">
      <CardHeader
        id="hosted"
        title="Accounts"
        description={hosted.length < host.accounts ? `The first ${hosted.length}.` : undefined}
      />
      {hosted.length === 0 ? (
        <div className="border-t border-border">
          <EmptyState icon={Smartphone} title="No accounts here">
            {host.state === "up"
              ? "It takes the next ones that need a host."
              : "It takes none as long as it is not up."}
          </EmptyState>
        </div>
      ) : (
        <ul aria-label="Accounts" className="divide-y divide-border border-t border-border">
          {hosted.map(({ id, tenant, state, since }) => (
            <li
              key={id}
              className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1.5 px-5 py-3"
            >
              <div className="min-w-0 font-mono text-[0.8125rem] [overflow-wrap:anywhere]">
                <p>{id}</p>
                <p className="text-muted-foreground">{tenant ?? "tenant not noted"}</p>
              </div>
              <div className="flex items-center gap-3 text-[0.8125rem] text-muted-foreground">
                {since === null ? null : (
                  <span>
                    since <Time at={since} />
                  </span>
                )}
                <Badge tone={hostedWords[state].tone}>{hostedWords[state].label}</Badge>
              </div>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

export { ErrorPane as ErrorBoundary } from "../components/error-page.tsx";
export { keepWhenUnreachable as clientAction } from "../reach.ts";
