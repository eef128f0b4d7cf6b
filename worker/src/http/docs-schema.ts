import { html } from "hono/html";

type Markup = ReturnType<typeof html>;

/** What the page reads of a JSON schema. */
export type Schema = {
  $ref?: string;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  format?: string;
  pattern?: string;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  description?: string;
  examples?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
};

/** A schema in a few words: `string`, `integer, 1 to 100`, a link to a named one. */
export function wordsFor(schema: Schema): Markup {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.slice(schema.$ref.lastIndexOf("/") + 1);
    return html`<a href="#schema-${name}">${name}</a>`;
  }
  const choices = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (choices !== undefined) return joined(choices.map(wordsFor), " or ");
  if (schema.const !== undefined) return html`<code>${JSON.stringify(schema.const)}</code>`;
  if (schema.enum !== undefined) {
    return joined(
      schema.enum.map((value) => html`<code>${JSON.stringify(value)}</code>`),
      " or ",
    );
  }
  if (schema.items !== undefined) return html`list of ${wordsFor(schema.items)}`;
  const type = [schema.type ?? "anything"].flat().join(" or ");
  return html`${type}${boundsOf(schema)}`;
}

/** The fields of an object, one row each; objects inside it get rows of their own. */
export function fieldsOf(schema: Schema, prefix = ""): Markup[] {
  const whole = schema.oneOf ?? schema.anyOf;
  if (whole !== undefined) {
    return whole.flatMap((each, index) => [
      html`<tr>
        <th colspan="3" scope="colgroup">${index === 0 ? "Either" : "or"}</th>
      </tr>`,
      ...fieldsOf(each, prefix),
    ]);
  }
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = `${prefix}${name}`;
    const isNeeded = schema.required?.includes(name) ?? false;
    const inner = field.properties === undefined ? [] : fieldsOf(field, `${path}.`);
    const items = field.items?.properties === undefined ? [] : fieldsOf(field.items, `${path}[].`);
    return [
      html`<tr>
        <td><code>${path}</code>${isNeeded ? "" : html` <small>optional</small>`}</td>
        <td>${wordsFor(field)}</td>
        <td>${field.description ?? ""}${exampleOf(field)}</td>
      </tr>`,
      ...inner,
      ...items,
    ];
  });
}

function boundsOf({
  minimum,
  maximum,
  minLength,
  maxLength,
  format,
  default: usual,
}: Schema): string {
  const range = (low: number | undefined, high: number | undefined, unit: string): string[] => {
    if (low === undefined && high === undefined) return [];
    if (high === undefined || high === Number.MAX_SAFE_INTEGER) return [`at least ${low}${unit}`];
    return [low === undefined ? `at most ${high}${unit}` : `${low} to ${high}${unit}`];
  };
  const facts = [
    ...(format === undefined ? [] : [format]),
    ...range(minimum === Number.MIN_SAFE_INTEGER ? undefined : minimum, maximum, ""),
    ...range(minLength, maxLength, " characters"),
    ...(usual === undefined ? [] : [`else ${JSON.stringify(usual)}`]),
  ];
  return facts.map((fact) => `, ${fact}`).join("");
}

function exampleOf({ examples, format }: Schema): Markup {
  const [example] = examples ?? [];
  if (example === undefined || format === "date-time") return html``;
  return html` <small>For example <code>${JSON.stringify(example)}</code>.</small>`;
}

function joined(parts: readonly Markup[], between: string): Markup {
  return html`${parts.map((part, index) => (index === 0 ? part : html`${between}${part}`))}`;
}
