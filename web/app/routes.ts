import { index, layout, type RouteConfig, route } from "@remix-run/route-config";

/** Every address of the dashboard and the file that answers it. */
export default [
  index("routes/landing.tsx"),
  layout("routes/visitor.tsx", [
    route("sign-up", "routes/sign-up.tsx"),
    route("check-mail", "routes/check-mail.tsx"),
    route("verify-email", "routes/verify-email.tsx"),
    route("login", "routes/login.tsx"),
    route("forgot-password", "routes/forgot-password.tsx"),
    route("reset-password", "routes/reset-password.tsx"),
  ]),
  layout("routes/member.tsx", [
    route("accounts", "routes/accounts.tsx"),
    route("accounts/:id", "routes/account.tsx", [
      index("routes/account.overview.tsx"),
      route("health", "routes/account.health.tsx"),
      route("queue", "routes/account.queue.tsx"),
      route("settings", "routes/account.settings.tsx"),
    ]),
    route("chats", "routes/chats.tsx", [
      index("routes/chats.none.tsx"),
      route(":id", "routes/chat.tsx"),
    ]),
    route("keys", "routes/keys.tsx"),
    route("keys/new", "routes/keys.new.tsx"),
    route("settings", "routes/settings.tsx"),
    layout("routes/admin.tsx", [
      route("admin/fleet", "routes/admin.fleet.tsx"),
      route("admin/fleet/:host", "routes/admin.host.tsx"),
    ]),
  ]),
  route("theme", "routes/theme.tsx"),
  route("logout", "routes/logout.tsx"),
  route("*", "routes/not-found.tsx"),
] satisfies RouteConfig;
