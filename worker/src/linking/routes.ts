import { createRoute, z } from "@hono/zod-openapi";
import { Account, LinkAttempt, StartLink } from "@roost/contract/accounts";
import { id } from "@roost/contract/ids";
import { body, failures, json, newRouter, noFields, requireScope } from "../http/router.ts";
import { askAccount } from "../accounts/ask-account.ts";
import { drawLinkQr, startLink } from "./link-account.ts";

const params = z.strictObject({ accountId: id("account") });
const tags = ["Linking"];
const middleware = requireScope("accounts:write");

export const linkingRoutes = newRouter()
  .openapi(
    createRoute({
      method: "post",
      path: "/v1/accounts/{accountId}/link",
      operationId: "startLink",
      summary: "Link a phone",
      description: "By QR code, or by a code that is typed on the phone. Repeating it starts over.",
      tags,
      middleware,
      request: { params, body: body(StartLink) },
      responses: { 202: json(LinkAttempt, "The attempt has begun."), ...failures },
    }),
    async (c) => {
      const { accountId } = c.req.valid("param");
      return c.json(await startLink(c.var.ctx, accountId, c.req.valid("json")), 202);
    },
  )
  .openapi(
    createRoute({
      method: "get",
      path: "/v1/accounts/{accountId}/link",
      operationId: "getLink",
      summary: "Get the attempt to link",
      description: "The only answer that holds what to scan or type. It asks for `accounts:write`.",
      tags,
      middleware,
      request: { params },
      responses: { 200: json(LinkAttempt, "The attempt as it is now."), ...failures },
    }),
    async (c) => {
      const { accountId } = c.req.valid("param");
      c.header("cache-control", "no-store");
      return c.json(await askAccount(c.var.ctx, accountId, (stub, t) => stub.link(t)), 200);
    },
  )
  .openapi(
    createRoute({
      method: "get",
      path: "/v1/accounts/{accountId}/link/qr.svg",
      operationId: "drawLinkQr",
      summary: "Draw the QR code to scan",
      tags,
      middleware,
      request: { params },
      responses: {
        200: {
          description: "The QR code.",
          content: { "image/svg+xml": { schema: z.string() } },
        },
        ...failures,
      },
    }),
    async (c) => {
      const svg = await drawLinkQr(c.var.ctx, c.req.valid("param").accountId);
      return c.body(svg, 200, { "content-type": "image/svg+xml", "cache-control": "no-store" });
    },
  )
  .openapi(
    createRoute({
      method: "post",
      path: "/v1/accounts/{accountId}/unlink",
      operationId: "unlinkAccount",
      summary: "Log the phone out",
      tags,
      middleware: [middleware, noFields] as const,
      request: { params },
      responses: { 200: json(Account, "The account, unlinked."), ...failures },
    }),
    async (c) => {
      const { accountId } = c.req.valid("param");
      return c.json(await askAccount(c.var.ctx, accountId, (stub, t) => stub.unlink(t)), 200);
    },
  )
  .openapi(
    createRoute({
      method: "post",
      path: "/v1/accounts/{accountId}/restart",
      operationId: "restartAccount",
      summary: "Connect anew",
      tags,
      middleware: [middleware, noFields] as const,
      request: { params },
      responses: { 200: json(Account, "The account, reconnecting."), ...failures },
    }),
    async (c) => {
      const { accountId } = c.req.valid("param");
      return c.json(await askAccount(c.var.ctx, accountId, (stub, t) => stub.restart(t)), 200);
    },
  )
  .openapi(
    createRoute({
      method: "post",
      path: "/v1/accounts/{accountId}/reset",
      operationId: "resetAccount",
      summary: "Throw the credentials away",
      description: "Another number may be linked afterwards.",
      tags,
      middleware: [middleware, noFields] as const,
      request: { params },
      responses: { 200: json(Account, "The account, unlinked."), ...failures },
    }),
    async (c) => {
      const { accountId } = c.req.valid("param");
      return c.json(await askAccount(c.var.ctx, accountId, (stub, t) => stub.reset(t)), 200);
    },
  );
