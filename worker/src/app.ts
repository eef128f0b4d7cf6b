import { readConfig } from "./config.ts";
import { createSystem } from "./context.ts";
import { authentication } from "./http/authentication.ts";
import { originCheck } from "./http/origin-check.ts";
import { newRouter, onError, onNotFound } from "./http/router.ts";

const router = newRouter();

router.use(async (c, next) => {
  const system = createSystem(c.env, readConfig(c.env), (work) => c.executionCtx.waitUntil(work));
  c.set("system", system);
  await next();
  c.header("x-request-id", system.requestId);
});
router.use(authentication);
router.use(originCheck);

/** The public API: middleware in order, then one line per folder. */
export const app = router;
app.onError(onError);
app.notFound(onNotFound);

export type AppType = typeof app;
