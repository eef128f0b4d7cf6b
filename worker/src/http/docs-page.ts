import { errors } from "@roost/contract/errors";
import { html, raw } from "hono/html";
import { fieldsOf, type Schema, wordsFor } from "./docs-schema.ts";
import { docsStyle } from "./docs-style.ts";

type Markup = ReturnType<typeof html>;
type Content = Record<string, { schema?: Schema }>;

/** What the page reads of the OpenAPI document. */
export type ApiDocument = {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
};
export type Operation = {
  operationId: string;
  summary: string;
  description?: string;
  tags?: string[];
  "x-scope"?: string;
  "x-platform-admin"?: boolean;
  security?: unknown[];
  parameters?: { name: string; in: string; required?: boolean; schema: Schema }[];
  requestBody?: { content: Content };
  responses: Record<string, { description: string; content?: Content }>;
};
type Listed = Operation & { method: string; path: string };
type Schemas = ApiDocument["components"]["schemas"];

/** The reference: everything in the document as one page, without any script. */
export async function docsPage(document: ApiDocument, origin: string): Promise<string> {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, method, path })),
  );
  const groups = Map.groupBy(operations, ({ tags }) => tags?.[0] ?? "Other");
  const page = await html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Roost API</title>
        <style>
          ${raw(docsStyle)}
        </style>
      </head>
      <body>
        <nav aria-label="Contents">
          <a class="brand" href="/">Roost</a>
          <a href="#start">Start</a>
          ${[...groups].map(
            ([tag, listed]) =>
              html`<p>${tag}</p>
                ${listed.map(({ operationId, summary }) => html`<a href="#${operationId}">${summary}</a>`)}`,
          )}
          <p>More</p>
          <a href="#errors">Errors</a><a href="#schemas">Schemas</a>
        </nav>
        <main>
          ${introduction(origin)}
          ${[...groups].map(
            ([tag, listed]) =>
              html`<h2>${tag}</h2>
                ${listed.map((operation) => operationSection(operation, document.components.schemas, origin))}`,
          )}
          ${errorSection()} ${schemaSection(document.components.schemas)}
        </main>
      </body>
    </html>`;
  return String(page);
}

function introduction(origin: string): Markup {
  const example = `curl ${origin}/v1/messages \\
  -H "Authorization: Bearer $ROOST_KEY" \\
  -H "Idempotency-Key: order-42" \\
  -H "Content-Type: application/json" \\
  -d '{"to": "+5511999990000", "text": {"body": "hello"}}'`;
  return html`<h1 id="start">The Roost API</h1>
    <p>
      Make a key in the dashboard, link a WhatsApp number to an account, and send. Requests and
      answers are JSON; the machine-readable form of this page is
      <a href="/v1/openapi.json">openapi.json</a>.
    </p>
    <pre><code>${example}</code></pre>
    <ul>
      <li>
        A key goes into the header <code>Authorization: Bearer rk_...</code>, never into an address.
        Each operation names the scope it needs.
      </li>
      <li>
        Every answer has <code>X-Request-Id</code>. Fields and parameters that are not named here
        are refused.
      </li>
      <li>
        A POST that creates or sends takes <code>Idempotency-Key</code>: repeating it is harmless
        for seven days.
      </li>
      <li>
        Lists take <code>limit</code> and <code>cursor</code>; <code>next_cursor</code> is null on
        the last page.
      </li>
      <li>Times are RFC 3339 in UTC. Ids sort by time.</li>
    </ul>`;
}

function operationSection(operation: Listed, schemas: Schemas, origin: string): Markup {
  const { operationId, method, path, summary, description, parameters, requestBody } = operation;
  const input = bodyOf(requestBody);
  return html`<section id="${operationId}" aria-label="${summary}">
    <h3>${summary}</h3>
    <p class="call"><b class="${method}">${method.toUpperCase()}</b> <code>${path}</code></p>
    <p>${description ?? ""} ${whoMay(operation)}</p>
    ${parameters === undefined ? "" : table("Parameters", parameters.map(parameterRow))}
    ${input === undefined ? "" : html`<p>Body: ${wordsFor(input)}</p>`}
    ${table("Answers", Object.entries(operation.responses).map(answerRow))}
    <details>
      <summary>As a command</summary>
      <pre><code>${commandFor(operation, schemas, origin)}</code></pre>
    </details>
  </section>`;
}

function parameterRow({
  name,
  in: place,
  required,
  schema,
}: NonNullable<Operation["parameters"]>[0]) {
  return html`<tr>
    <td><code>${name}</code> <small>${place}${required === true ? "" : ", optional"}</small></td>
    <td>${wordsFor(schema)}</td>
    <td>${schema.description ?? ""}</td>
  </tr>`;
}

function answerRow([status, { description, content }]: [string, Operation["responses"][string]]) {
  const [type, body] = Object.entries(content ?? {})[0] ?? [];
  return html`<tr>
    <td><code>${status}</code></td>
    <td>${body?.schema === undefined ? "" : wordsFor(body.schema)} <small>${type ?? ""}</small></td>
    <td>${description}</td>
  </tr>`;
}

/** Which credential it asks for. */
function whoMay({ security, ...operation }: Operation): Markup | string {
  const scope = operation["x-scope"];
  if (scope !== undefined) return html`Needs the scope <code>${scope}</code>.`;
  if (operation["x-platform-admin"] === true) {
    return "Needs the session of a signed-in platform admin; keys are refused.";
  }
  return security?.length === 0 ? "Needs no credential." : "Needs a signed-in member.";
}

function commandFor(
  { method, path, security, requestBody, ...operation }: Listed,
  schemas: Schemas,
  origin: string,
): string {
  const lines = [`curl ${method === "get" ? "" : `-X ${method.toUpperCase()} `}"${origin}${path}"`];
  if (operation["x-platform-admin"] === true) {
    lines.push(`-b "__Host-roost_session=$ROOST_SESSION"`);
    if (method !== "get") lines.push(`-H "Origin: ${origin}"`);
  } else if (security === undefined) {
    lines.push(`-H "Authorization: Bearer $ROOST_KEY"`);
  }
  if (requestBody !== undefined) {
    const example = exampleOf(bodyOf(requestBody), schemas);
    lines.push(
      `-H "Content-Type: application/json"`,
      example === undefined ? "-d @body.json" : `-d '${JSON.stringify(example)}'`,
    );
  }
  return lines.join(" \\\n  ");
}

function bodyOf(requestBody: Operation["requestBody"]): Schema | undefined {
  return Object.values(requestBody?.content ?? {})[0]?.schema;
}

function exampleOf(schema: Schema | undefined, schemas: Schemas): unknown {
  const name = schema?.$ref?.slice(schema.$ref.lastIndexOf("/") + 1);
  return (name === undefined ? schema : schemas[name])?.examples?.[0];
}

function errorSection(): Markup {
  const rows = Object.entries(errors).map(
    ([code, { status, title, retryable }]) =>
      html`<tr id="${code}">
        <td><code>${code}</code></td>
        <td>${status}</td>
        <td>${title}</td>
        <td>${{ no: "no", now: "at once", after: "after a while" }[retryable]}</td>
      </tr>`,
  );
  return html`<h2 id="errors">Errors</h2>
    <p>
      A refusal is a problem document (RFC 9457). <code>detail</code> is a sentence for a person,
      <code>code</code> one of this list for a program; with <code>retry_after</code> the same
      request may succeed after so many seconds.
    </p>
    <table>
      <thead>
        <tr>
          <th>Code</th>
          <th>Status</th>
          <th>Means</th>
          <th>Try again</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>`;
}

function schemaSection(schemas: Record<string, Schema>): Markup {
  return html`<h2 id="schemas">Schemas</h2>
    ${Object.entries(schemas).map(
      ([name, schema]) =>
        html`<section id="schema-${name}" aria-label="${name}">
          <h3>${name}</h3>
          <p>${schema.description ?? ""}</p>
          ${table("Fields", fieldsOf(schema))}
        </section>`,
    )}`;
}

function table(caption: string, rows: readonly Markup[]): Markup {
  return html`<table>
    <caption>
      ${caption}
    </caption>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
}
