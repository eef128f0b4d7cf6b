import { createRoute, z } from "@hono/zod-openapi";
import { id } from "@roost/contract/ids";
import { CreatedKey, CreateKey, Key } from "@roost/contract/keys";
import { listOf, Page } from "@roost/contract/lists";
import { idempotent } from "../http/idempotency.ts";
import {
  body,
  failures,
  IdempotencyHeaders,
  json,
  newRouter,
  requireScope,
} from "../http/router.ts";
import { createKey } from "./create-key.ts";
import { pageOfKeys } from "./queries.ts";
import { revokeKey } from "./revoke-key.ts";

const tags = ["Keys"];

export const keyRoutes = newRouter()
  .openapi(
    createRoute({
      method: "post",
      path: "/v1/keys",
      operationId: "createKey",
      summary: "Make a key",
      description:
        "The answer holds the secret, once. A repeat with the same `Idempotency-Key` makes no second key, and is refused, since the secret is not kept.",
      tags,
      middleware: [requireScope("keys:write"), idempotent({ answerHoldsSecret: true })] as const,
      request: { headers: IdempotencyHeaders, body: body(CreateKey) },
      responses: { 201: json(CreatedKey, "The key with its secret."), ...failures },
    }),
    async (c) => c.json(await createKey(c.var.ctx, c.req.valid("json")), 201),
  )
  .openapi(
    createRoute({
      method: "get",
      path: "/v1/keys",
      operationId: "listKeys",
      summary: "List keys",
      description: "The newest first, revoked ones as well.",
      tags,
      middleware: requireScope("keys:write"),
      request: { query: z.strictObject(Page) },
      responses: { 200: json(listOf(Key), "Keys without their secrets."), ...failures },
    }),
    async (c) => c.json(await pageOfKeys(c.var.ctx, c.req.valid("query")), 200),
  )
  .openapi(
    createRoute({
      method: "delete",
      path: "/v1/keys/{id}",
      operationId: "revokeKey",
      summary: "Revoke a key",
      description: "It stops working within a minute everywhere.",
      tags,
      middleware: requireScope("keys:write"),
      request: { params: z.strictObject({ id: id("key") }) },
      responses: { 204: { description: "Revoked." }, ...failures },
    }),
    async (c) => {
      await revokeKey(c.var.ctx, c.req.valid("param").id);
      return c.body(null, 204);
    },
  );
