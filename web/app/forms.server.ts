import { data } from "@remix-run/cloudflare";
import type { Problem } from "@roost/contract/errors";
import type { FormRefusal } from "./forms.ts";

/** Never handed back to the page. */
const SECRET_FIELDS = new Set(["password", "token"]);

type Wording = {
  /** The field of an error's path, where the form has another name for it. */
  fieldOf?: Record<string, string>;
  /** By field: the sentence for a person, where the API's is for programs. */
  say?: Record<string, string>;
};

/** The answer of an action whose call was refused: the sentence, what to mark, what was typed. */
export function refused(problem: Problem, form: FormData, wording: Wording = {}) {
  return data({ refusal: describe(problem, form, wording) }, problem.status);
}

function describe(
  problem: Problem,
  form: FormData,
  { fieldOf = {}, say = {} }: Wording,
): FormRefusal {
  const fields: Record<string, string> = {};
  let hasUnmarked = problem.errors === undefined || problem.errors.length === 0;
  for (const { path, message } of problem.errors ?? []) {
    const name = fieldOf[path] ?? path.split(".")[0] ?? path;
    if (form.has(name) || fieldOf[path] !== undefined) fields[name] ??= say[name] ?? message;
    else hasUnmarked = true;
  }
  return {
    intent: textOf(form, "intent"),
    code: problem.code,
    detail: hasUnmarked ? problem.detail : "Please look at what is marked below.",
    fields,
    values: valuesOf(form),
  };
}

/** A field as text; empty when it was not sent. */
export function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === "string" ? value : "";
}

function valuesOf(form: FormData): Record<string, string> {
  const values: Record<string, string> = {};
  for (const name of new Set(form.keys())) {
    if (!SECRET_FIELDS.has(name)) values[name] = textOf(form, name);
  }
  return values;
}
