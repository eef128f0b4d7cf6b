import { createRoute, z } from "@hono/zod-openapi";
import { id } from "@roost/contract/ids";
import { failures, newRouter, requireScope } from "../http/router.ts";
import { openStream } from "./open-stream.ts";

export const streamRoutes = newRouter().openapi(
  createRoute({
    method: "get",
    path: "/v1/events/stream",
    operationId: "streamEvents",
    summary: "Listen to events as they happen",
    description:
      "Server-sent events: `id` is the event's id, `event` its type, `data` the event. With `account`, a reconnect with `Last-Event-ID` misses nothing. Without, it goes on with what happens next: read what you show anew. The stream ends every quarter of an hour; clients reconnect by themselves.",
    tags: ["Events"],
    middleware: requireScope("events:read"),
    request: {
      query: z.strictObject({
        account: id("account").optional().meta({ description: "Left out: all accounts." }),
      }),
    },
    responses: {
      200: {
        description: "The stream.",
        content: { "text/event-stream": { schema: z.string() } },
      },
      ...failures,
    },
  }),
  async (c) => {
    const { account } = c.req.valid("query");
    const lastEventId = c.req.header("last-event-id");
    const stream = await openStream(c.var.ctx, account ?? null, lastEventId);
    return c.body(stream, 200, {
      "content-type": "text/event-stream",
      // Proxies must hand on each event, not collect them.
      "x-accel-buffering": "no",
    });
  },
);
