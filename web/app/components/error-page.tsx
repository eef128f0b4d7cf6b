import { isRouteErrorResponse, Link, useRevalidator, useRouteError } from "@remix-run/react";
import { useEffect } from "react";
import { isUnreachable } from "../reach.ts";
import { Button, SubmitButton } from "./button.tsx";
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
  const error = useRouteError();
  if (isUnreachable(error)) return <UnreachablePane />;
  const { status, title, detail } = describe(error);
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

/** There was no answer: nothing is known to be wrong, and asking again is what helps. */
function UnreachablePane() {
  const { revalidate, state } = useRevalidator();
  useEffect(() => {
    window.addEventListener("online", revalidate);
    return () => window.removeEventListener("online", revalidate);
  }, [revalidate]);
  return (
    <div className="mx-auto flex min-h-[60dvh] max-w-md flex-col items-start justify-center gap-6 px-6 py-16">
      <div role="alert" className="space-y-2">
        <h1 className="text-2xl font-semibold tracking-tight">Roost could not be reached</h1>
        <p className="text-pretty text-muted-foreground">
          This page could not be loaded. Look at your network connection, then try again.
        </p>
      </div>
      <SubmitButton
        type="button"
        isPending={state === "loading"}
        pendingLabel="Trying"
        onClick={revalidate}
      >
        Try again
      </SubmitButton>
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
