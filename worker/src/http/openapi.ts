import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Scope } from "@roost/contract/scopes";
import type { AppEnv, requirePlatformAdmin, ScopeGuard } from "./router.ts";

type Document = ReturnType<OpenAPIHono<AppEnv>["getOpenAPI31Document"]>;

const about = `Send and receive WhatsApp messages. Every answer is JSON and carries \`X-Request-Id\`.

Ids sort by time. Times are RFC 3339 in UTC. Fields and parameters that are not named here are refused.
Lists take \`limit\` and \`cursor\`, and answer \`{data, next_cursor}\`.`;

/** The OpenAPI 3.1 document of everything that is declared. Built by a script, served as a file. */
export function openApiDocument(app: OpenAPIHono<AppEnv>): Document {
  const document = app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: { title: "Roost", version: "1", description: about },
    // The document is served by what it describes: its own address, whichever that is.
    servers: [{ url: "/" }],
    security: [{ key: [] }, { session: [] }],
  });
  for (const { method, path, guard } of guardsOfRoutes(app)) {
    const operation = document.paths?.[path]?.[method];
    if (operation !== undefined) Object.assign(operation, guard);
  }
  document.components = {
    ...document.components,
    securitySchemes: {
      key: {
        type: "http",
        scheme: "bearer",
        description: "`Authorization: Bearer rk_...`, made under Keys. Never in an address.",
      },
      session: {
        type: "apiKey",
        in: "cookie",
        name: "__Host-roost_session",
        description: "A signed-in member's browser. Changes need our own `Origin`.",
      },
    },
  };
  return document;
}

type Method = "get" | "post" | "put" | "patch" | "delete";

type Guard = { "x-scope": Scope } | { "x-platform-admin": true };

/** What each operation asks for, read from the guards in front of its handler. */
function guardsOfRoutes(
  app: OpenAPIHono<AppEnv>,
): { method: Method; path: string; guard: Guard }[] {
  return app.routes.flatMap(({ method, path, handler }) => {
    const { scope, isForPlatformAdmins } = handler as Partial<
      ScopeGuard & typeof requirePlatformAdmin
    >;
    if (scope === undefined && isForPlatformAdmins === undefined) return [];
    const declared = path.replaceAll(/:(\w+)/g, "{$1}");
    const guard =
      scope === undefined ? ({ "x-platform-admin": true } as const) : { "x-scope": scope };
    return [{ method: method.toLowerCase() as Method, path: declared, guard }];
  });
}
