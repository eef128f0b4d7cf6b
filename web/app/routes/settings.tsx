import type { LoaderFunctionArgs, MetaFunction } from "@remix-run/cloudflare";
import { Form, Link, useLoaderData } from "@remix-run/react";
import type { ReactNode } from "react";
import { requireMember } from "../auth.server.ts";
import { PageBody } from "../components/app-shell.tsx";
import { Button } from "../components/button.tsx";
import { Card, CardBody, CardHeader } from "../components/card.tsx";
import { PageHeader } from "../components/page-header.tsx";
import { ThemeToggle } from "../components/theme-toggle.tsx";
import { useTimeZone } from "../components/time.tsx";
import { textLink } from "../components/visitor-card.tsx";

export const meta: MetaFunction = () => [{ title: "Settings · Roost" }];

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { me } = await requireMember(request, context);
  return { me };
}

export default function Settings() {
  const { me } = useLoaderData<typeof loader>();
  return (
    <PageBody>
      <PageHeader title="Settings" />
      <div className="max-w-2xl space-y-6">
        <Card aria-labelledby="organisation">
          <CardHeader id="organisation" title="Organisation" />
          <Facts>
            <Fact name="Name">{me.tenant.name}</Fact>
            <Fact name="Id">
              <code className="text-[0.8125rem]">{me.tenant.id}</code>
            </Fact>
          </Facts>
        </Card>
        <Card aria-labelledby="you">
          <CardHeader id="you" title="You" />
          <Facts>
            <Fact name="Email">{me.user.email}</Fact>
            <Fact name="Role">{me.role}</Fact>
            <Fact name="Password">
              <Link to="/forgot-password" className={textLink}>
                Choose a new one
              </Link>
            </Fact>
          </Facts>
        </Card>
        <Card aria-labelledby="display">
          <CardHeader id="display" title="Display" />
          <Facts>
            <Fact name="Colours">
              <ThemeToggle />
            </Fact>
            <Fact name="Time zone">{useTimeZone()}</Fact>
          </Facts>
        </Card>
        <Form method="post" action="/logout">
          <Button type="submit" variant="outline">
            Log out
          </Button>
        </Form>
      </div>
    </PageBody>
  );
}

function Facts({ children }: { children: ReactNode }) {
  return (
    <CardBody>
      <dl className="space-y-3 text-sm">{children}</dl>
    </CardBody>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="grid items-center gap-x-4 gap-y-0.5 sm:grid-cols-[8rem_1fr]">
      <dt className="text-muted-foreground">{name}</dt>
      <dd className="min-w-0 [overflow-wrap:anywhere]">{children}</dd>
    </div>
  );
}

export { ErrorPane as ErrorBoundary } from "../components/error-page.tsx";
