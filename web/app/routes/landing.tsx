import type { LoaderFunctionArgs, MetaFunction } from "@remix-run/cloudflare";
import { Link, useLoaderData } from "@remix-run/react";
import type { ReactNode } from "react";
import { SkipLink } from "../components/app-shell.tsx";
import { Button } from "../components/button.tsx";
import { CodeBlock } from "../components/code-block.tsx";
import { Logo } from "../components/logo.tsx";
import { ThemeToggle } from "../components/theme-toggle.tsx";
import { textLink } from "../components/visitor-card.tsx";
import { MessageReceipt } from "../landing/message-receipt.tsx";
import { consent, exampleAnswer, exampleRequest, promises, steps } from "../landing/words.ts";

export const meta: MetaFunction = () => [
  { title: "Roost · WhatsApp messages you can account for" },
  {
    name: "description",
    content:
      "Link a WhatsApp number, send through one API, and see what became of every message: accepted, sent, delivered, read, or a plain reason why not.",
  },
];

export function loader({ request }: LoaderFunctionArgs) {
  return {
    origin: new URL(request.url).origin,
    // Only which button to show: the pages behind it ask who is there.
    mayBeSignedIn: (request.headers.get("cookie") ?? "").includes("roost_session="),
  };
}

export default function Landing() {
  const { origin, mayBeSignedIn } = useLoaderData<typeof loader>();
  return (
    <>
      <SkipLink />
      <header className="mx-auto flex max-w-6xl items-center justify-between gap-4 px-4 py-4 sm:px-8">
        <Logo />
        <nav aria-label="Main" className="flex items-center gap-1 sm:gap-2">
          <Button asChild variant="ghost" size="small" className="hidden sm:inline-flex">
            <a href="/docs">API reference</a>
          </Button>
          {mayBeSignedIn ? (
            <Button asChild size="small">
              <Link to="/accounts">Dashboard</Link>
            </Button>
          ) : (
            <>
              <Button asChild variant="ghost" size="small">
                <Link to="/login">Log in</Link>
              </Button>
              <Button asChild size="small">
                <Link to="/sign-up">Sign up</Link>
              </Button>
            </>
          )}
        </nav>
      </header>
      <main id="main" tabIndex={-1} className="outline-none">
        <section className="mx-auto grid max-w-6xl items-center gap-x-14 gap-y-12 px-4 pt-12 pb-20 sm:px-8 sm:pt-20 lg:grid-cols-[1.1fr_1fr]">
          <div>
            <h1 className="text-4xl leading-[1.08] font-semibold tracking-[-0.03em] sm:text-[3.5rem]">
              WhatsApp messages you can account for
            </h1>
            <p className="mt-6 max-w-lg text-lg leading-relaxed text-pretty text-muted-foreground">
              Link a number, send through one API, and see what became of every message: accepted,
              sent, delivered, read, or a plain reason why not.
            </p>
            <div className="mt-8 flex flex-wrap gap-3">
              <Button asChild size="large">
                {mayBeSignedIn ? (
                  <Link to="/accounts">Open the dashboard</Link>
                ) : (
                  <Link to="/sign-up">Create your organisation</Link>
                )}
              </Button>
              <Button asChild size="large" variant="outline">
                <a href="/docs">Read the API</a>
              </Button>
            </div>
          </div>
          <MessageReceipt />
        </section>

        <Section id="promises" title="What holds, also on a bad day">
          <dl className="grid gap-x-12 gap-y-9 sm:grid-cols-2">
            {promises.map(({ title, text }) => (
              <div key={title} className="border-t border-border pt-5">
                <dt className="font-semibold tracking-tight">{title}</dt>
                <dd className="mt-1.5 text-pretty text-muted-foreground">{text}</dd>
              </div>
            ))}
          </dl>
        </Section>

        <Section id="start" title="From a phone to a first message">
          <div className="grid items-start gap-x-14 gap-y-10 lg:grid-cols-[1fr_1.1fr]">
            <ol className="space-y-7">
              {steps.map(({ title, text }, index) => (
                <li key={title} className="flex gap-4">
                  <span
                    aria-hidden
                    className="flex size-8 shrink-0 items-center justify-center rounded-full bg-accent text-sm font-semibold text-accent-foreground"
                  >
                    {index + 1}
                  </span>
                  <div>
                    <h3 className="pt-0.5 font-semibold tracking-tight">{title}</h3>
                    <p className="mt-1 text-pretty text-muted-foreground">{text}</p>
                  </div>
                </li>
              ))}
            </ol>
            <div className="min-w-0 space-y-3">
              <CodeBlock label="A request" code={exampleRequest(origin)} className="bg-card" />
              <CodeBlock label="Its answer" code={exampleAnswer} />
            </div>
          </div>
        </Section>

        <Section id="consent" title="A plain word on consent">
          <div className="max-w-2xl space-y-4 text-pretty text-muted-foreground">
            {consent.map((paragraph) => (
              <p key={paragraph}>{paragraph}</p>
            ))}
          </div>
        </Section>
      </main>
      <footer className="border-t border-border">
        <div className="mx-auto flex max-w-6xl flex-wrap items-center justify-between gap-6 px-4 py-8 text-sm text-muted-foreground sm:px-8">
          <p className="max-w-md text-pretty">
            Roost is open source under the MIT licence and not affiliated with WhatsApp or Meta.{" "}
            <a href="/docs" className={textLink}>
              API reference
            </a>
          </p>
          <ThemeToggle />
        </div>
      </footer>
    </>
  );
}

function Section({ id, title, children }: { id: string; title: string; children: ReactNode }) {
  return (
    <section aria-labelledby={id} className="border-t border-border">
      <div className="mx-auto max-w-6xl px-4 py-16 sm:px-8 sm:py-20">
        <h2 id={id} className="mb-9 text-2xl font-semibold tracking-tight">
          {title}
        </h2>
        {children}
      </div>
    </section>
  );
}

export { ErrorPage as ErrorBoundary } from "../components/error-page.tsx";
