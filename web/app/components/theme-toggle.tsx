import { useFetcher, useLocation, useRouteLoaderData } from "@remix-run/react";
import { Monitor, Moon, Sun } from "lucide-react";
import { cn } from "../lib/cn.ts";
import type { loader } from "../root.tsx";
import { type Theme, toTheme } from "../theme.ts";

const choices = [
  { theme: "system", label: "As the system", icon: Monitor },
  { theme: "light", label: "Light", icon: Sun },
  { theme: "dark", label: "Dark", icon: Moon },
] as const;

/** Light, dark or as the system: a form of three buttons, so it needs no JavaScript. */
export function ThemeToggle({ className }: { className?: string }) {
  const fetcher = useFetcher();
  const { pathname, search } = useLocation();
  const saved = useRouteLoaderData<typeof loader>("root")?.theme ?? "system";
  const chosen = fetcher.formData?.get("theme");
  const theme: Theme = typeof chosen === "string" ? toTheme(chosen) : saved;
  return (
    <fetcher.Form method="post" action="/theme" className={className}>
      <input type="hidden" name="back" value={`${pathname}${search}`} />
      <fieldset className="inline-flex rounded-lg border border-border bg-card p-0.5">
        <legend className="sr-only">Colours</legend>
        {choices.map(({ theme: value, label, icon: Icon }) => (
          <button
            key={value}
            type="submit"
            name="theme"
            value={value}
            title={label}
            aria-label={label}
            aria-pressed={theme === value}
            className={cn(
              "flex size-8 cursor-pointer items-center justify-center rounded-md text-muted-foreground hover:text-foreground",
              theme === value && "bg-muted text-foreground",
            )}
          >
            <Icon aria-hidden className="size-4" />
          </button>
        ))}
      </fieldset>
    </fetcher.Form>
  );
}
