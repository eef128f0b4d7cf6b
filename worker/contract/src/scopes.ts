import { z } from "zod";

export const scopes = [
  "accounts:read",
  "accounts:write",
  "messages:read",
  "messages:send",
  "contacts:read",
  "contacts:write",
  "groups:read",
  "groups:write",
  "campaigns:read",
  "campaigns:write",
  "automations:read",
  "automations:write",
  "webhooks:read",
  "webhooks:write",
  "events:read",
  "media:read",
  "media:write",
  "usage:read",
  "keys:write",
  "tenant:admin",
] as const;

/** What a credential may do. A member's role stands for a set of these. */
export const Scope = z.enum(scopes);
export type Scope = z.infer<typeof Scope>;

export const Role = z.enum(["owner", "admin", "agent", "viewer"]);
export type Role = z.infer<typeof Role>;
