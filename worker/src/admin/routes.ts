import { createRoute, z } from "@hono/zod-openapi";
import { FleetError, Host, HostDetail } from "@roost/contract/admin";
import { HostName } from "@roost/contract/host";
import { listOf, Page, Timestamp } from "@roost/contract/lists";
import {
  failures,
  forPeople,
  json,
  newRouter,
  noFields,
  requirePlatformAdmin,
} from "../http/router.ts";
import { drainHost, resumeHost } from "./drain-host.ts";
import { getHost, listErrors, listHosts } from "./queries.ts";

const params = z.strictObject({ hostName: HostName });
const common = { tags: ["Fleet"], ...forPeople };

/** For the people who run this deployment, whatever tenant they are members of. */
export const adminRoutes = newRouter()
  .openapi(
    createRoute({
      method: "get",
      path: "/v1/admin/hosts",
      operationId: "listHosts",
      summary: "The hosts of the fleet",
      description: "By name. For platform admins.",
      ...common,
      middleware: requirePlatformAdmin,
      request: { query: z.strictObject(Page) },
      responses: { 200: json(listOf(Host), "A page of hosts."), ...failures },
    }),
    async (c) => c.json(await listHosts(c.var.system, c.req.valid("query")), 200),
  )
  .openapi(
    createRoute({
      method: "get",
      path: "/v1/admin/hosts/{hostName}",
      operationId: "getHost",
      summary: "A host and the accounts on it",
      description: "For platform admins.",
      ...common,
      middleware: requirePlatformAdmin,
      request: { params },
      responses: { 200: json(HostDetail, "The host."), ...failures },
    }),
    async (c) => c.json(await getHost(c.var.system, c.req.valid("param").hostName), 200),
  )
  .openapi(
    createRoute({
      method: "post",
      path: "/v1/admin/hosts/{hostName}/drain",
      operationId: "drainHost",
      summary: "Empty a host",
      description:
        "It stays connected, gives its accounts to others one after the other, and takes none until it is resumed. Refused when the others have no room for them. For platform admins.",
      ...common,
      middleware: [requirePlatformAdmin, noFields] as const,
      request: { params },
      responses: { 200: json(HostDetail, "The host, draining."), ...failures },
    }),
    async (c) => c.json(await drainHost(c.var.system, c.req.valid("param").hostName), 200),
  )
  .openapi(
    createRoute({
      method: "post",
      path: "/v1/admin/hosts/{hostName}/resume",
      operationId: "resumeHost",
      summary: "Let a host take accounts again",
      description: "For platform admins.",
      ...common,
      middleware: [requirePlatformAdmin, noFields] as const,
      request: { params },
      responses: { 200: json(HostDetail, "The host."), ...failures },
    }),
    async (c) => c.json(await resumeHost(c.var.system, c.req.valid("param").hostName), 200),
  )
  .openapi(
    createRoute({
      method: "get",
      path: "/v1/admin/errors",
      operationId: "listErrors",
      summary: "Why sessions ended, by kind",
      description:
        "Over all hosts, the most frequent first; a day back unless told. For platform admins.",
      ...common,
      middleware: requirePlatformAdmin,
      request: { query: z.strictObject({ since: Timestamp.optional() }) },
      responses: { 200: json(listOf(FleetError), "Errors by kind."), ...failures },
    }),
    async (c) => c.json(await listErrors(c.var.system, c.req.valid("query").since), 200),
  );
