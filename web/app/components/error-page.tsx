import { isRouteErrorResponse, Link, useRouteError } from "@remix-run/react";
import { Button } from "./button.tsx";
import { Logo } from "./logo.tsx";

type Facts = { status: number; title: string; detail: string };

/** The page that takes the place of everything else. */
export function ErrorPage() {
  return (
    <main id="main">
      <div className="mx-auto max-w-md px-6 pt-10">
        <Logo />
      </div>
      <ErrorPane />
    </main>
  );
}

/** What went wrong, in a sentence, and where to go from here; within a page's frame. */
export function ErrorPane() {
  const { status, title, detail } = describe(useRouteError());
  return (
    <div className="mx-auto flex min-h-[60dvh] max-w-md flex-col items-start justify-center gap-6 px-6 py-16">
      <div className="space-y-2">
        <p className="text-sm font-medium text-muted-foreground tabular-nums">{status}</p>
        <h1 className="text-2xl font-semibold tracking-tight">{title}</h1>
        <p className="text-pretty text-muted-foreground">{detail}</p>
      </div>
      <div className="flex flex-wrap gap-3">
        <Button asChild>
          <Link to="/accounts">Go to your accounts</Link>
        </Button>
        <Button asChild variant="outline">
          <Link to="/">Go to the front page</Link>
        </Button>
      </div>
    </div>
  );
}

function describe(error: unknown): Facts {
  if (!isRouteErrorResponse(error)) {
    return {
      status: 500,
      title: "Something went wrong on our side",
      detail: "It has been written down. Try again; if it happens once more, come back later.",
    };
  }
  const detail = detailOf(error.data);
  if (error.status === 404) {
    return {
      status: 404,
      title: "There is nothing here",
      detail: detail ?? "The address may be mistyped, or what was here has been deleted.",
    };
  }
  return {
    status: error.status,
    title: error.status === 403 ? "You may not do this" : "This did not work",
    detail: detail ?? "Try again in a moment.",
  };
}

function detailOf(body: unknown): string | null {
  if (typeof body !== "object" || body === null || !("detail" in body)) return null;
  return typeof body.detail === "string" ? body.detail : null;
}
