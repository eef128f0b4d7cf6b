import { Link, Outlet } from "@remix-run/react";
import { SkipLink } from "../components/app-shell.tsx";
import { Logo } from "../components/logo.tsx";
import { ThemeToggle } from "../components/theme-toggle.tsx";

/** The frame of the pages for people who are not signed in. */
export default function Visitor() {
  return (
    <div className="flex min-h-dvh flex-col">
      <SkipLink />
      <header className="flex items-center justify-between px-4 py-4 sm:px-8">
        <Link to="/" className="rounded-lg">
          <Logo />
        </Link>
        <ThemeToggle />
      </header>
      <main
        id="main"
        tabIndex={-1}
        className="mx-auto flex w-full max-w-104 flex-1 flex-col justify-center px-4 pt-6 pb-24 outline-none"
      >
        <Outlet />
      </main>
    </div>
  );
}

export { ErrorPage as ErrorBoundary } from "../components/error-page.tsx";
