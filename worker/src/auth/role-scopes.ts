import { type Role, type Scope, scopes } from "@roost/contract/scopes";

const reading = scopes.filter((scope) => scope.endsWith(":read"));
const talking: Scope[] = ["messages:send", "contacts:write", "media:write"];

const table: Record<Role, readonly Scope[]> = {
  owner: scopes,
  admin: scopes.filter((scope) => scope !== "tenant:admin"),
  agent: [...reading, ...talking],
  viewer: reading,
};

/** What a member may do: their role stands for these scopes, as if they held a key with them. */
export function scopesOf(role: Role): ReadonlySet<Scope> {
  return new Set(table[role]);
}
