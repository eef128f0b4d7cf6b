import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Scope } from "@roost/contract/scopes";
import type { AppEnv, ScopeGuard } from "./router.ts";

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
  for (const { method, path, scope } of scopesOfRoutes(app)) {
    const operation = document.paths?.[path]?.[method];
    if (operation !== undefined) Object.assign(operation, { "x-scope": scope });
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

/** Which scope each operation asks for, read from the guards in front of its handler. */
function scopesOfRoutes(
  app: OpenAPIHono<AppEnv>,
): { method: Method; path: string; scope: Scope }[] {
  return app.routes.flatMap(({ method, path, handler }) => {
    const { scope } = handler as Partial<ScopeGuard>;
    if (scope === undefined) return [];
    const declared = path.replaceAll(/:(\w+)/g, "{$1}");
    return [{ method: method.toLowerCase() as Method, path: declared, scope }];
  });
}
