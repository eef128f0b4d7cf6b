import { createRoute, z } from "@hono/zod-openapi";
import { Chat, ChatQuery } from "@roost/contract/chats";
import { numbered } from "@roost/contract/ids";
import { listOf } from "@roost/contract/lists";
import { failures, json, newRouter, noFields, requireScope } from "../http/router.ts";
import { getChat, listChats } from "./queries.ts";
import { readChat } from "./read-chat.ts";

const tags = ["Chats"];

export const chatRoutes = newRouter()
  .openapi(
    createRoute({
      method: "get",
      path: "/v1/chats",
      operationId: "listChats",
      summary: "List chats, the latest first",
      description: "The messages of one: `GET /v1/messages?chat=`.",
      tags,
      middleware: requireScope("messages:read"),
      request: { query: ChatQuery },
      responses: { 200: json(listOf(Chat), "A page of chats."), ...failures },
    }),
    async (c) => c.json(await listChats(c.var.ctx, c.req.valid("query")), 200),
  )
  .openapi(
    createRoute({
      method: "get",
      path: "/v1/chats/{chatId}",
      operationId: "getChat",
      summary: "Get a chat",
      tags,
      middleware: requireScope("messages:read"),
      request: { params: z.strictObject({ chatId: numbered("chat") }) },
      responses: { 200: json(Chat, "The chat."), ...failures },
    }),
    async (c) => c.json(await getChat(c.var.ctx, c.req.valid("param").chatId), 200),
  )
  .openapi(
    createRoute({
      method: "post",
      path: "/v1/chats/{chatId}/read",
      operationId: "readChat",
      summary: "Count a chat as read",
      description: "Its `unread` becomes 0. WhatsApp and the person are not told.",
      tags,
      middleware: [requireScope("messages:send"), noFields] as const,
      request: { params: z.strictObject({ chatId: numbered("chat") }) },
      responses: { 200: json(Chat, "The chat."), ...failures },
    }),
    async (c) => c.json(await readChat(c.var.ctx, c.req.valid("param").chatId), 200),
  );
