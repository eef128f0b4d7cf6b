import { createRoute, z } from "@hono/zod-openapi";
import { numbered } from "@roost/contract/ids";
import { listOf } from "@roost/contract/lists";
import {
  BatchAnswer,
  EditMessage,
  Message,
  MessageQuery,
  SendBatch,
  SendMessage,
} from "@roost/contract/messages";
import {
  body,
  failures,
  IdempotencyHeaders,
  json,
  newRouter,
  requireScope,
} from "../http/router.ts";
import { deleteMessage } from "./delete-message.ts";
import { editMessage } from "./edit-message.ts";
import { getMessage, listMessages } from "./queries.ts";
import { sendBatch } from "./send-batch.ts";
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
      method: "post",
      path: "/v1/messages/batch",
      operationId: "sendBatch",
      summary: "Send up to 1,000 messages",
      description:
        "Each is a SendMessage and is accepted or refused on its own; the answers come in the order asked. The Idempotency-Key covers the whole and each message: repeat with the same key after a failure, and nothing is taken twice.",
      tags,
      middleware: requireScope("messages:send"),
      request: { headers: IdempotencyHeaders, body: body(SendBatch) },
      responses: { 200: json(BatchAnswer, "An answer for each message."), ...failures },
    }),
    async (c) => {
      const key = c.req.valid("header")["idempotency-key"] ?? null;
      const { messages } = c.req.valid("json");
      const { data, isReplayed } = await sendBatch(c.var.ctx, messages, key);
      if (isReplayed) c.header("idempotent-replayed", "true");
      return c.json({ data }, 200);
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
      operationId: "deleteMessage",
      summary: "Cancel a message that is not begun, delete a sent one for everyone",
      description:
        "A sent message is deleted by a stanza of its own, which waits its turn: 202, and `message.revoked` once WhatsApp has taken it. WhatsApp allows it for about two days.",
      tags,
      middleware: requireScope("messages:send"),
      request: { params },
      responses: {
        200: json(Message, "The cancelled message."),
        202: json(Message, "The message as it is until WhatsApp has taken the deletion."),
        ...failures,
      },
    }),
    async (c) => {
      const message = await deleteMessage(c.var.ctx, c.req.valid("param").messageId);
      return message.state === "cancelled" ? c.json(message, 200) : c.json(message, 202);
    },
  )
  .openapi(
    createRoute({
      method: "patch",
      path: "/v1/messages/{messageId}",
      operationId: "editMessage",
      summary: "Edit a sent text",
      description:
        "The change is a stanza of its own, which waits its turn: `message.edited` follows once WhatsApp has taken it. WhatsApp allows it for 15 minutes after the message was sent.",
      tags,
      middleware: requireScope("messages:send"),
      request: { params, body: body(EditMessage) },
      responses: {
        202: json(Message, "The message as it is until WhatsApp has taken the change."),
        ...failures,
      },
    }),
    async (c) => {
      const { messageId } = c.req.valid("param");
      return c.json(await editMessage(c.var.ctx, messageId, c.req.valid("json")), 202);
    },
  );
