import type { Id } from "@roost/contract/ids";
import { scopes } from "@roost/contract/scopes";
import { eq } from "drizzle-orm";
import { z } from "zod";
import { Email, Password } from "@roost/contract/auth";
import type { System } from "../context.ts";
import { members } from "../db/members.ts";
import { tenants } from "../db/tenants.ts";
import { users } from "../db/users.ts";
import { createKey } from "../keys/create-key.ts";
import { hashPassword } from "./password.ts";
import { scopesOf } from "./role-scopes.ts";

export const SeedPerson = z.strictObject({
  email: Email,
  password: Password,
  organisation: z.string().min(1).max(80),
  is_platform_admin: z.boolean().default(false),
  with_key: z.boolean().default(false),
});
export type SeedPerson = z.infer<typeof SeedPerson>;

export type SeededPerson = {
  tenant: { id: Id<"tenant"> };
  user: { id: Id<"user"> };
  api_key: string | null;
};

/**
 * Makes a verified person with a tenant, for the sandbox; finds them when they are there already.
 * With `with_key` each call makes a fresh key that may do everything.
 */
export async function seedPerson(system: System, input: SeedPerson): Promise<SeededPerson> {
  const { tenantId, userId } = (await find(system, input.email)) ?? (await make(system, input));
  let apiKey: string | null = null;
  if (input.with_key) {
    const owner = { tenantId, actor: userId, scopes: scopesOf("owner"), accounts: null };
    const key = { name: "Sandbox", scopes: [...scopes] };
    apiKey = (await createKey({ ...system, ...owner, role: "owner" }, key)).secret;
  }
  return { tenant: { id: tenantId }, user: { id: userId }, api_key: apiKey };
}

type Place = { tenantId: Id<"tenant">; userId: Id<"user"> };

async function find({ db }: System, email: string): Promise<Place | undefined> {
  const [place] = await db
    .select({ tenantId: members.tenantId, userId: members.userId })
    .from(users)
    .innerJoin(members, eq(members.userId, users.id))
    .where(eq(users.email, email));
  return place;
}

async function make(system: System, input: SeedPerson): Promise<Place> {
  const { db, now, newId, random } = system;
  const { email, organisation, is_platform_admin: isPlatformAdmin } = input;
  const [tenantId, userId, createdAt] = [newId("tenant"), newId("user"), now()];
  const passwordHash = await hashPassword(input.password, random);
  await db.batch([
    db.insert(tenants).values({ id: tenantId, name: organisation, createdAt }),
    db.insert(users).values({
      id: userId,
      email,
      passwordHash,
      verifiedAt: createdAt,
      isPlatformAdmin,
      createdAt,
    }),
    db.insert(members).values({ tenantId, userId, role: "owner", createdAt }),
  ]);
  return { tenantId, userId };
}
