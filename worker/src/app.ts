import { accountRoutes } from "./accounts/routes.ts";
import { adminRoutes } from "./admin/routes.ts";
import { authRoutes } from "./auth/routes.ts";
import { sandboxRoutes } from "./auth/sandbox-routes.ts";
import { chatRoutes } from "./chats/routes.ts";
import { eventRoutes } from "./events/routes.ts";
import { streamRoutes } from "./events/stream-routes.ts";
import { fleetRoutes } from "./fleet/routes.ts";
import { authentication } from "./http/authentication.ts";
import { docsRoutes } from "./http/docs-routes.ts";
import { originCheck } from "./http/origin-check.ts";
import { onError } from "./http/refusal.ts";
import { requestBody } from "./http/request-body.ts";
import { requestLog } from "./http/request-log.ts";
import { newRouter } from "./http/router.ts";
import { securityHeaders } from "./http/security-headers.ts";
import { refuseUnmatched } from "./http/unmatched.ts";
import { keyRoutes } from "./keys/routes.ts";
import { linkingRoutes } from "./linking/routes.ts";
import { messageRoutes } from "./messages/routes.ts";
import { paceRoutes } from "./pace/routes.ts";

const router = newRouter();

router.use(requestLog);
router.use(securityHeaders);
router.use(requestBody);
router.use(authentication);
router.use(originCheck);

/** The public API: middleware in order, then one line per folder. */
export const app = router
  .route("/", authRoutes)
  .route("/", keyRoutes)
  .route("/", accountRoutes)
  .route("/", linkingRoutes)
  .route("/", paceRoutes)
  .route("/", messageRoutes)
  .route("/", chatRoutes)
  .route("/", eventRoutes)
  .route("/", streamRoutes)
  .route("/", fleetRoutes)
  .route("/", adminRoutes)
  .route("/", sandboxRoutes)
  .route("/", docsRoutes);
app.onError(onError);
refuseUnmatched(app);

export type AppType = typeof app;
