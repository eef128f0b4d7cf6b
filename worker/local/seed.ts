import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";
import type { Stack } from "./stack.ts";

const Seeded = z.object({
  tenant: z.object({ id: z.string() }),
  api_key: z.string().nullable(),
});

/** What `.roost/sandbox.json` holds: see the fixed part of the API. */
export const SandboxFile = z.strictObject({
  api_url: z.string(),
  web_url: z.string(),
  sandbox_url: z.string(),
  mail_url: z.string(),
  /** Null until billing is built. */
  stripe_url: z.string().nullable(),
  tenant: z.strictObject({
    id: z.string(),
    api_key: z.string(),
    email: z.string(),
    password: z.string(),
  }),
  admin: z.strictObject({ email: z.string(), password: z.string() }),
});
export type SandboxFile = z.infer<typeof SandboxFile>;

const People = SandboxFile.pick({ tenant: true, admin: true });
type People = z.infer<typeof People>;

/** Makes the sandbox's own tenant and admin, once, and writes down how to reach everything. */
export async function seed(stack: Stack): Promise<SandboxFile> {
  const { tenant, admin } = await people(stack);
  const sandbox: SandboxFile = {
    api_url: stack.apiUrl,
    web_url: stack.webUrl,
    sandbox_url: stack.sandboxUrl,
    mail_url: stack.mailUrl,
    stripe_url: null,
    tenant,
    admin,
  };
  write(`${stack.directory}/sandbox.json`, sandbox);
  return sandbox;
}

/** The tenant and the admin: kept beside the state that they live in. */
async function people(stack: Stack): Promise<People> {
  const file = `${stack.directory}/people.json`;
  if (existsSync(file)) return People.parse(JSON.parse(readFileSync(file, "utf8")));
  const made = await seedPeople(stack);
  write(file, made);
  return made;
}

function write(file: string, content: object): void {
  writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
}

async function seedPeople(stack: Stack): Promise<People> {
  const { tenant_password, admin_password } = stack.secrets;
  const owner = { email: "owner@sandbox.localhost", password: tenant_password };
  const admin = { email: "admin@sandbox.localhost", password: admin_password };
  await seedPhones(stack);
  const seeded = await seedOne(stack, { ...owner, organisation: "Sandbox", with_key: true });
  await seedOne(stack, { ...admin, organisation: "Roost", is_platform_admin: true });
  if (seeded.api_key === null) throw new Error("The sandbox's tenant got no key.");
  return { tenant: { id: seeded.tenant.id, api_key: seeded.api_key, ...owner }, admin };
}

/** Two phones to begin with: one to link, one to write to; the README's first message goes to Maria. */
const phones = [
  { number: "5511988887777", name: "Our shop" },
  { number: "5511999990000", name: "Maria" },
];

async function seedPhones(stack: Stack): Promise<void> {
  for (const phone of phones) {
    const response = await fetch(`${stack.sandboxUrl}/phones`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(phone),
    });
    if (!response.ok) throw new Error(`Seeding a phone failed: ${await response.text()}`);
  }
}

/** Makes one person with a tenant; only an edge in sandbox mode does this. */
export async function seedOne(stack: Stack, person: object): Promise<z.infer<typeof Seeded>> {
  const response = await fetch(`${stack.apiUrl}/v1/sandbox/seed`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${stack.secrets.host_secret}`,
      "content-type": "application/json",
      "x-request-id": randomUUID(),
    },
    body: JSON.stringify(person),
  });
  if (!response.ok) throw new Error(`Seeding failed: ${await response.text()}`);
  return Seeded.parse(await response.json());
}
