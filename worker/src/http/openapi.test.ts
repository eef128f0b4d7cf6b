import * as accounts from "@roost/contract/accounts";
import { errors } from "@roost/contract/errors";
import * as keys from "@roost/contract/keys";
import * as messages from "@roost/contract/messages";
import document from "@roost/contract/openapi.json" with { type: "json" };
import * as queue from "@roost/contract/queue";
import { expect, test } from "vitest";
import { z } from "zod";
import { app } from "../app.ts";
import { type ApiDocument, docsPage } from "./docs-page.ts";
import { openApiDocument } from "./openapi.ts";

const written = document as unknown as ApiDocument;
const operations = Object.entries(written.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ method, path, ...operation })),
);

test("the committed document is what the routes declare: run `npm run openapi`", () => {
  expect(document).toEqual(JSON.parse(JSON.stringify(openApiDocument(app))));
});

test("every operation has a name of its own, a sentence and a place in the contents", () => {
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  for (const { operationId, summary, tags } of operations) {
    expect(operationId).toMatch(/^[a-z]+([A-Z][a-z]+)*$/);
    expect(summary.length).toBeGreaterThan(5);
    expect(tags).toHaveLength(1);
  }
});

test("every operation has a guard, or says that it asks for nothing; `me` is for members", () => {
  const open = operations.filter(
    (operation) =>
      operation["x-scope"] === undefined && operation["x-platform-admin"] === undefined,
  );
  for (const { operationId, security } of open) {
    expect(operationId === "me" || security?.length === 0).toBe(true);
  }
});

test("what is for platform admins takes no key, and nothing else lies beside it", () => {
  const admin = operations.filter(({ path }) => path.startsWith("/v1/admin/"));
  const guarded = operations.filter((operation) => operation["x-platform-admin"] === true);
  expect(guarded.map(({ operationId }) => operationId)).toEqual(
    admin.map(({ operationId }) => operationId),
  );
  for (const { security } of admin) expect(security).toEqual([{ session: [] }]);
});

test("what creates or sends takes an Idempotency-Key", () => {
  for (const operationId of ["createKey", "createAccount", "sendMessage"]) {
    const operation = operations.find((each) => each.operationId === operationId);
    expect(operation?.parameters?.map(({ name }) => name)).toContain("idempotency-key");
  }
});

test("what takes a key and a body has an example of it, and each example is accepted", () => {
  const bodies = operations.flatMap((operation) => {
    const ref = Object.values(operation.requestBody?.content ?? {})[0]?.schema?.$ref;
    return operation["x-scope"] === undefined || ref === undefined ? [] : [ref.split("/").at(-1)];
  });
  const inputs = [accounts, keys, messages, queue].flatMap((module) =>
    Object.values(module).filter((value) => value instanceof z.ZodType),
  );
  for (const name of bodies) {
    const input = inputs.find((schema) => schema.meta()?.id === name);
    const [example] = z.array(z.unknown()).parse(input?.meta()?.examples);
    expect(input?.safeParse(example), name).toMatchObject({ success: true });
  }
});

test("the page says which credential each operation asks for, and how to give it", async () => {
  const page = await docsPage(written, "https://roost.example");
  const sectionOf = (id: string) => page.split(`<section id="${id}"`)[1]?.split("</section>")[0];
  expect(sectionOf("signUp")).toContain("Needs no credential.");
  expect(sectionOf("me")).toContain("Needs a signed-in member.");
  expect(sectionOf("drainHost")).toContain("platform admin; keys are refused");
  expect(sectionOf("drainHost")).toContain("Origin: https://roost.example");
  expect(sectionOf("clearQueue")).toContain("{&quot;filter&quot;:{");
});

test("the page shows every operation, schema and error, and loads nothing", async () => {
  const page = await docsPage(written, "https://roost.example");
  for (const { operationId } of operations) expect(page).toContain(`<section id="${operationId}"`);
  for (const name of Object.keys(written.components.schemas)) {
    expect(page).toContain(`<section id="schema-${name}"`);
  }
  for (const code of Object.keys(errors)) expect(page).toContain(`<tr id="${code}">`);
  expect(page).not.toMatch(/<script|<link|<img|undefined|\[object/);
});
