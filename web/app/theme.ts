export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

const THEME_COOKIE = "roost_theme";
const ZONE_COOKIE = "roost_zone";
const YEAR_SECONDS = 31_536_000;

/** The theme a request asks for; the system's own unless chosen otherwise. */
export function themeOf(request: Request): Theme {
  return toTheme(cookieOf(request, THEME_COOKIE));
}

export function toTheme(text: string | null): Theme {
  return themes.find((theme) => theme === text) ?? "system";
}

/** Remembers the choice. */
export function themeCookie(theme: Theme): string {
  return `${THEME_COOKIE}=${theme}; Path=/; Max-Age=${YEAR_SECONDS}; SameSite=Lax`;
}

/** The browser's time zone, as it told us on an earlier page; UTC until then. */
export function zoneOf(request: Request): string {
  const zone = cookieOf(request, ZONE_COOKIE)?.replaceAll("%2F", "/") ?? "UTC";
  return isZone(zone) ? zone : "UTC";
}

export function zoneCookie(zone: string): string {
  return `${ZONE_COOKIE}=${encodeURIComponent(zone)}; Path=/; Max-Age=${YEAR_SECONDS}; SameSite=Lax`;
}

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).format(0) !== "";
  } catch {
    return false;
  }
}

function cookieOf(request: Request, name: string): string | null {
  for (const part of (request.headers.get("cookie") ?? "").split(";")) {
    const [key, value] = part.trim().split("=", 2);
    if (key === name && value !== undefined) return value;
  }
  return null;
}
