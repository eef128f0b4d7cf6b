import document from "@roost/contract/openapi.json" with { type: "json" };
import { docsPage } from "./docs-page.ts";
import { newRouter } from "./router.ts";

/** The committed document, as a file and as a page for people. */
export const docsRoutes = newRouter();

/** Changes with a deployment alone. */
const CACHE = { "cache-control": "public, max-age=300" };

docsRoutes.get("/v1/openapi.json", (c) =>
  c.body(JSON.stringify(document), 200, { ...CACHE, "content-type": "application/json" }),
);

docsRoutes.get("/docs", async (c) => {
  const page = await docsPage(document, c.var.system.config.publicUrl.origin);
  c.header("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'");
  return c.html(page, 200, CACHE);
});

docsRoutes.get("/docs/", (c) => c.redirect("/docs", 308));
