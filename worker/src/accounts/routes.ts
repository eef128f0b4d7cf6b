import { createRoute, z } from "@hono/zod-openapi";
import { Account, CreateAccount, UpdateAccount } from "@roost/contract/accounts";
import { id } from "@roost/contract/ids";
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
import { askAccount } from "./ask-account.ts";
import { createAccount } from "./create-account.ts";
import { deleteAccount } from "./delete-account.ts";
import { listAccounts } from "./directory.ts";

const params = z.strictObject({ accountId: id("account") });
const tags = ["Accounts"];

export const accountRoutes = newRouter()
  .openapi(
    createRoute({
      method: "post",
      path: "/v1/accounts",
      operationId: "createAccount",
      summary: "Create an account",
      description: "It has no phone yet: link one next.",
      tags,
      middleware: [requireScope("accounts:write"), idempotent()] as const,
      request: { headers: IdempotencyHeaders, body: body(CreateAccount) },
      responses: { 201: json(Account, "The account, unlinked."), ...failures },
    }),
    async (c) => c.json(await createAccount(c.var.ctx, c.req.valid("json")), 201),
  )
  .openapi(
    createRoute({
      method: "get",
      path: "/v1/accounts",
      operationId: "listAccounts",
      summary: "List accounts",
      tags,
      middleware: requireScope("accounts:read"),
      request: { query: z.strictObject(Page) },
      responses: { 200: json(listOf(Account), "A page of accounts."), ...failures },
    }),
    async (c) => c.json(await listAccounts(c.var.ctx, c.req.valid("query")), 200),
  )
  .openapi(
    createRoute({
      method: "get",
      path: "/v1/accounts/{accountId}",
      operationId: "getAccount",
      summary: "Get an account",
      tags,
      middleware: requireScope("accounts:read"),
      request: { params },
      responses: { 200: json(Account, "The account."), ...failures },
    }),
    async (c) => {
      const { accountId } = c.req.valid("param");
      return c.json(await askAccount(c.var.ctx, accountId, (stub, t) => stub.read(t)), 200);
    },
  )
  .openapi(
    createRoute({
      method: "patch",
      path: "/v1/accounts/{accountId}",
      operationId: "updateAccount",
      summary: "Rename an account",
      tags,
      middleware: requireScope("accounts:write"),
      request: { params, body: body(UpdateAccount) },
      responses: { 200: json(Account, "The account."), ...failures },
    }),
    async (c) => {
      const { accountId } = c.req.valid("param");
      const { name } = c.req.valid("json");
      return c.json(await askAccount(c.var.ctx, accountId, (stub, t) => stub.rename(t, name)), 200);
    },
  )
  .openapi(
    createRoute({
      method: "delete",
      path: "/v1/accounts/{accountId}",
      operationId: "deleteAccount",
      summary: "Delete an account",
      description: "Logs the phone out and deletes messages, chats and events.",
      tags,
      middleware: requireScope("accounts:write"),
      request: { params },
      responses: { 204: { description: "The account is gone." }, ...failures },
    }),
    async (c) => {
      await deleteAccount(c.var.ctx, c.req.valid("param").accountId);
      return c.body(null, 204);
    },
  );
