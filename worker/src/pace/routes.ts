import { createRoute, z } from "@hono/zod-openapi";
import {
  Health,
  HealthHistory,
  HealthHistoryQuery,
  Limits,
  SetLimits,
} from "@roost/contract/accounts";
import { id } from "@roost/contract/ids";
import {
  ClearedQueue,
  ClearQueue,
  CountedQueue,
  CountQueue,
  Queue,
  RetriedQueue,
  RetryQueue,
  SetQueue,
} from "@roost/contract/queue";
import { body, failures, json, newRouter, requireScope } from "../http/router.ts";
import { askAccount } from "../accounts/ask-account.ts";
import { clearQueue } from "./clear-queue.ts";
import { countQueue } from "./count-queue.ts";
import { retryQueue } from "./retry-queue.ts";

const params = z.strictObject({ accountId: id("account") });
const tags = ["Pace"];

export const paceRoutes = newRouter()
  .openapi(
    createRoute({
      method: "get",
      path: "/v1/accounts/{accountId}/health",
      operationId: "getHealth",
      summary: "How the account fares",
      tags,
      middleware: requireScope("accounts:read"),
      request: { params },
      responses: { 200: json(Health, "Score, reasons, and what its limits leave."), ...failures },
    }),
    async (c) => {
      const { accountId } = c.req.valid("param");
      return c.json(await askAccount(c.var.ctx, accountId, (stub, t) => stub.health(t)), 200);
    },
  )
  .openapi(
    createRoute({
      method: "get",
      path: "/v1/accounts/{accountId}/health/history",
      operationId: "getHealthHistory",
      summary: "How the account fared",
      description:
        "Each change of the score, oldest first, with a reason where it changed the standing.",
      tags,
      middleware: requireScope("accounts:read"),
      request: { params, query: HealthHistoryQuery },
      responses: {
        200: json(HealthHistory, "At most a few hundred points of 30 days."),
        ...failures,
      },
    }),
    async (c) => {
      const { accountId } = c.req.valid("param");
      const { since } = c.req.valid("query");
      const from = since === undefined ? 0 : Date.parse(since);
      return c.json(
        await askAccount(c.var.ctx, accountId, (stub, t) => stub.healthHistory(t, from)),
        200,
      );
    },
  )
  .openapi(
    createRoute({
      method: "get",
      path: "/v1/accounts/{accountId}/limits",
      operationId: "getLimits",
      summary: "Get the limits",
      tags,
      middleware: requireScope("accounts:read"),
      request: { params },
      responses: { 200: json(Limits, "The limits in force."), ...failures },
    }),
    async (c) => {
      const { accountId } = c.req.valid("param");
      return c.json(await askAccount(c.var.ctx, accountId, (stub, t) => stub.readLimits(t)), 200);
    },
  )
  .openapi(
    createRoute({
      method: "put",
      path: "/v1/accounts/{accountId}/limits",
      operationId: "setLimits",
      summary: "Set the limits",
      tags,
      middleware: requireScope("accounts:write"),
      request: { params, body: body(SetLimits) },
      responses: { 200: json(Limits, "The limits in force."), ...failures },
    }),
    async (c) => {
      const { accountId } = c.req.valid("param");
      const limits = c.req.valid("json");
      return c.json(
        await askAccount(c.var.ctx, accountId, (stub, t) => stub.setLimits(t, limits)),
        200,
      );
    },
  )
  .openapi(
    createRoute({
      method: "get",
      path: "/v1/accounts/{accountId}/queue",
      operationId: "getQueue",
      summary: "What waits, and why",
      tags,
      middleware: requireScope("accounts:read"),
      request: { params },
      responses: { 200: json(Queue, "The queue."), ...failures },
    }),
    async (c) => {
      const { accountId } = c.req.valid("param");
      return c.json(await askAccount(c.var.ctx, accountId, (stub, t) => stub.readQueue(t)), 200);
    },
  )
  .openapi(
    createRoute({
      method: "put",
      path: "/v1/accounts/{accountId}/queue",
      operationId: "setQueue",
      summary: "Open, pause or close the queue",
      description:
        "`paused` takes and holds, `draining` refuses and delivers, `frozen` refuses and holds.",
      tags,
      middleware: requireScope("accounts:write"),
      request: { params, body: body(SetQueue) },
      responses: { 200: json(Queue, "The queue."), ...failures },
    }),
    async (c) => {
      const { accountId } = c.req.valid("param");
      const { state } = c.req.valid("json");
      return c.json(
        await askAccount(c.var.ctx, accountId, (stub, t) => stub.setQueue(t, state)),
        200,
      );
    },
  )
  .openapi(
    createRoute({
      method: "post",
      path: "/v1/accounts/{accountId}/queue/count",
      operationId: "countQueue",
      summary: "Count what a clear would mean",
      description: "Changes nothing: for asking a person before a clear, which cannot be undone.",
      tags,
      middleware: requireScope("accounts:read"),
      request: { params, body: body(CountQueue) },
      responses: { 200: json(CountedQueue, "How many match."), ...failures },
    }),
    async (c) => {
      const { accountId } = c.req.valid("param");
      const { filter } = c.req.valid("json");
      return c.json(await countQueue(c.var.ctx, accountId, filter), 200);
    },
  )
  .openapi(
    createRoute({
      method: "post",
      path: "/v1/accounts/{accountId}/queue/clear",
      operationId: "clearQueue",
      summary: "Cancel what waits",
      description:
        "Cancels the messages that match and are not begun. What a host holds is asked back first.",
      tags,
      middleware: requireScope("accounts:write"),
      request: { params, body: body(ClearQueue) },
      responses: { 200: json(ClearedQueue, "How many, and how many were too late."), ...failures },
    }),
    async (c) => {
      const { accountId } = c.req.valid("param");
      const { filter } = c.req.valid("json");
      return c.json(await clearQueue(c.var.ctx, accountId, filter), 200);
    },
  )
  .openapi(
    createRoute({
      method: "post",
      path: "/v1/accounts/{accountId}/queue/retry",
      operationId: "retryQueue",
      summary: "Send again what failed",
      description:
        "Puts failed messages back whose error may get better, each under its own id at WhatsApp. Looks back seven days unless `created_since` says further. Unconfirmed messages only when `ids` name them: WhatsApp may have them already.",
      tags,
      middleware: requireScope("accounts:write"),
      request: { params, body: body(RetryQueue) },
      responses: { 200: json(RetriedQueue, "How many, and how many may not."), ...failures },
    }),
    async (c) => {
      const { accountId } = c.req.valid("param");
      const { filter } = c.req.valid("json");
      return c.json(await retryQueue(c.var.ctx, accountId, filter), 200);
    },
  );
