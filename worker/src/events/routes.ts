import { createRoute } from "@hono/zod-openapi";
import { Event, EventQuery } from "@roost/contract/events";
import { listOf } from "@roost/contract/lists";
import { failures, json, newRouter, requireScope } from "../http/router.ts";
import { listEvents } from "./queries.ts";

export const eventRoutes = newRouter().openapi(
  createRoute({
    method: "get",
    path: "/v1/events",
    operationId: "listEvents",
    summary: "Read an account's journal",
    description: "In order. Go on with `after` set to the last `seq`, which `next_cursor` repeats.",
    tags: ["Events"],
    middleware: requireScope("events:read"),
    request: { query: EventQuery },
    responses: { 200: json(listOf(Event), "Events after `after`."), ...failures },
  }),
  async (c) => c.json(await listEvents(c.var.ctx, c.req.valid("query")), 200),
);
