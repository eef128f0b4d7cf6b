import { Form, Link, NavLink } from "@remix-run/react";
import type { Me } from "@roost/contract/auth";
import { KeyRound, LogOut, MessagesSquare, Server, Settings, Smartphone } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "../lib/cn.ts";
import { Button } from "./button.tsx";
import { Logo } from "./logo.tsx";
import { ThemeToggle } from "./theme-toggle.tsx";

const places = [
  { to: "/accounts", label: "Accounts", icon: Smartphone },
  { to: "/chats", label: "Chats", icon: MessagesSquare },
  { to: "/keys", label: "API keys", icon: KeyRound },
  { to: "/settings", label: "Settings", icon: Settings },
];
/** For those who run Roost; for everybody else there is nothing at that address. */
const adminPlaces = [{ to: "/admin/fleet", label: "Fleet", icon: Server }];

/** The frame of every page of a member: navigation at the side, on a phone at the bottom. */
export function AppShell({ me, children }: { me: Me; children: ReactNode }) {
  const shown = me.is_platform_admin ? [...places, ...adminPlaces] : places;
  return (
    <div className="md:grid md:grid-cols-[15rem_1fr]">
      <SkipLink />
      <aside className="sticky top-0 hidden h-dvh flex-col border-r border-border px-3 py-5 md:flex">
        <Link to="/accounts" className="mb-7 self-start rounded-lg px-2">
          <Logo />
        </Link>
        <nav aria-label="Main" className="flex flex-col gap-0.5">
          {shown.map(({ to, label, icon: Icon }) => (
            <NavLink
              key={to}
              to={to}
              prefetch="intent"
              className={({ isActive }) =>
                cn(
                  "flex h-10 items-center gap-3 rounded-lg px-3 text-sm font-medium text-muted-foreground transition-colors hover:bg-muted hover:text-foreground",
                  isActive && "bg-accent text-accent-foreground hover:bg-accent",
                )
              }
            >
              <Icon aria-hidden className="size-4.5" />
              {label}
            </NavLink>
          ))}
        </nav>
        <div className="mt-auto space-y-4 px-2">
          <ThemeToggle />
          <div className="flex items-center justify-between gap-2">
            <div className="min-w-0 text-sm">
              <p className="truncate font-medium">{me.tenant.name}</p>
              <p className="truncate text-[0.8125rem] text-muted-foreground">{me.user.email}</p>
            </div>
            <LogOutButton />
          </div>
        </div>
      </aside>
      <header className="flex h-14 items-center justify-between border-b border-border px-4 md:hidden">
        <Link to="/accounts" className="rounded-lg">
          <Logo />
        </Link>
        <LogOutButton />
      </header>
      <main id="main" tabIndex={-1} className="min-w-0 pb-20 outline-none md:pb-0">
        {children}
      </main>
      <nav
        aria-label="Main"
        className="fixed inset-x-0 bottom-0 z-30 grid auto-cols-fr grid-flow-col border-t border-border bg-card pb-[env(safe-area-inset-bottom)] md:hidden"
      >
        {shown.map(({ to, label, icon: Icon }) => (
          <NavLink
            key={to}
            to={to}
            className={({ isActive }) =>
              cn(
                "flex h-15 flex-col items-center justify-center gap-1 text-[0.6875rem] font-medium text-muted-foreground -outline-offset-2",
                isActive && "text-primary",
              )
            }
          >
            <Icon aria-hidden className="size-5" />
            {label}
          </NavLink>
        ))}
      </nav>
    </div>
  );
}

export function SkipLink() {
  return (
    <a
      href="#main"
      className="sr-only z-50 rounded-lg bg-primary px-4 py-2 text-sm font-medium text-primary-foreground focus:not-sr-only focus:fixed focus:top-3 focus:left-3"
    >
      Skip to the content
    </a>
  );
}

function LogOutButton() {
  return (
    <Form method="post" action="/logout">
      <Button type="submit" variant="ghost" size="icon" title="Log out" aria-label="Log out">
        <LogOut aria-hidden />
      </Button>
    </Form>
  );
}

/** A page's usual width and margins. */
export function PageBody({ children }: { children: ReactNode }) {
  return <div className="mx-auto w-full max-w-5xl px-4 py-7 sm:px-8 sm:py-10">{children}</div>;
}
