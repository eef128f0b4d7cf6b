const HOME = "/accounts";

/** Where to go after logging in: a path of this site, whatever the link said. */
export function safeNextPath(next: string | null | undefined): string {
  if (next === null || next === undefined || !next.startsWith("/")) return HOME;
  const base = "https://roost.invalid";
  if (!URL.canParse(next, base)) return HOME;
  const url = new URL(next, base);
  // `//evil.example`, `/\evil.example` and tabs between slashes all leave the site.
  if (url.origin !== base || url.pathname.startsWith("//")) return HOME;
  return `${url.pathname}${url.search}`;
}

/** The login page that comes back to where `request` wanted to go. */
export function loginPath(request: Request): string {
  const { pathname, search } = new URL(request.url);
  // What was posted is gone after a login; the page it came from is not.
  const next = `${pathname}${request.method === "GET" ? search : ""}`;
  return next === HOME ? "/login" : `/login?next=${encodeURIComponent(next)}`;
}
