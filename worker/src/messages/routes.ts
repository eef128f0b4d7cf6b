import { createRoute, z } from "@hono/zod-openapi";
import { numbered } from "@roost/contract/ids";
import { listOf } from "@roost/contract/lists";
import { Message, MessageQuery, SendMessage } from "@roost/contract/messages";
import {
  body,
  failures,
  IdempotencyHeaders,
  json,
  newRouter,
  requireScope,
} from "../http/router.ts";
import { cancelMessage } from "./cancel-message.ts";
import { getMessage, listMessages } from "./queries.ts";
import { sendMessage } from "./send-message.ts";

const params = z.strictObject({ messageId: numbered("message") });
const tags = ["Messages"];

export const messageRoutes = newRouter()
  .openapi(
    createRoute({
      method: "post",
      path: "/v1/messages",
      operationId: "sendMessage",
      summary: "Send a message",
      description:
        "Answers once the message is durable. Watch its state, or its events, for what becomes of it.",
      tags,
      middleware: requireScope("messages:send"),
      request: { headers: IdempotencyHeaders, body: body(SendMessage) },
      responses: { 202: json(Message, "The message is accepted."), ...failures },
    }),
    async (c) => {
      const key = c.req.valid("header")["idempotency-key"] ?? null;
      const { message, isReplayed } = await sendMessage(c.var.ctx, c.req.valid("json"), key);
      if (isReplayed) c.header("idempotent-replayed", "true");
      return c.json(message, 202);
    },
  )
  .openapi(
    createRoute({
      method: "get",
      path: "/v1/messages",
      operationId: "listMessages",
      summary: "List messages, the newest first",
      description: "A page may be shorter than `limit` while there is a `next_cursor`.",
      tags,
      middleware: requireScope("messages:read"),
      request: { query: MessageQuery },
      responses: { 200: json(listOf(Message), "A page of messages."), ...failures },
    }),
    async (c) => c.json(await listMessages(c.var.ctx, c.req.valid("query")), 200),
  )
  .openapi(
    createRoute({
      method: "get",
      path: "/v1/messages/{messageId}",
      operationId: "getMessage",
      summary: "Get a message",
      tags,
      middleware: requireScope("messages:read"),
      request: { params },
      responses: { 200: json(Message, "The message with its history."), ...failures },
    }),
    async (c) => c.json(await getMessage(c.var.ctx, c.req.valid("param").messageId), 200),
  )
  .openapi(
    createRoute({
      method: "delete",
      path: "/v1/messages/{messageId}",
      operationId: "cancelMessage",
      summary: "Cancel a message that is not begun",
      tags,
      middleware: requireScope("messages:send"),
      request: { params },
      responses: { 200: json(Message, "The cancelled message."), ...failures },
    }),
    async (c) => c.json(await cancelMessage(c.var.ctx, c.req.valid("param").messageId), 200),
  );
