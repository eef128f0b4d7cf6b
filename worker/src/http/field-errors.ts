import { z } from "zod";

/** One thing that is wrong with a request: which field, and the rest of a sentence about it. */
export type FieldError = { path: string; message: string };
type Raw = z.core.$ZodRawIssue;

const DATETIME = "must be a time in RFC 3339, like 2026-11-20T11:22:18Z";
const NO_FORM = "does not have the right form";

const types: Record<string, string> = {
  string: "must be a text",
  number: "must be a number",
  int: "must be a whole number",
  boolean: "must be true or false",
  array: "must be a list",
  object: "must be an object",
  record: "must be an object",
  null: "must be null",
};
const formats: Record<string, string> = {
  datetime: DATETIME,
  email: "must be an e-mail address",
  url: "must be an address, like https://example.com",
};

// Asked only where a schema has no words of its own, while the value is still at hand.
z.config({ customError: messageOf });

/** What is wrong, field by field, in the words that callers read. */
export function fieldErrors(issues: readonly z.core.$ZodIssue[]): FieldError[] {
  return issues.flatMap((issue) => {
    if (issue.code !== "unrecognized_keys") return [errorAt(issue.path, issue.message)];
    return issue.keys.map((key) => errorAt([...issue.path, key], issue.message));
  });
}

/** All of it in one sentence for a person: the first error tells where to look. */
export function sentenceOf([first]: readonly FieldError[]): string {
  if (first === undefined) return "The request is not valid.";
  return first.path === "" ? `The body ${first.message}.` : `\`${first.path}\`: ${first.message}.`;
}

function errorAt(path: readonly PropertyKey[], message: string): FieldError {
  return { path: path.map(String).join("."), message };
}

/** The rest of a sentence that begins with the field's name. */
export function messageOf(issue: Raw): string {
  const isMissing = issue.input === undefined;
  switch (issue.code) {
    case "invalid_type":
      return isMissing ? "is needed" : (types[issue.expected] ?? NO_FORM);
    case "invalid_value":
      return isMissing ? "is needed" : `must be ${oneOf(issue.values)}`;
    case "invalid_union":
      return isMissing ? "is needed" : NO_FORM;
    case "invalid_format":
      return formats[issue.format] ?? NO_FORM;
    case "too_big":
      return sized("most", issue.origin, Number(issue.maximum), issue.inclusive !== false);
    case "too_small":
      return sized("least", issue.origin, Number(issue.minimum), issue.inclusive !== false);
    case "not_multiple_of":
      return `must be a multiple of ${issue.divisor}`;
    case "unrecognized_keys":
      return "is not a known field";
    default:
      return "is not valid";
  }
}

function oneOf(values: readonly unknown[]): string {
  const named = values.map(String).join(", ");
  return values.length === 1 ? named : `one of ${named}`;
}

function sized(
  bound: "most" | "least",
  origin: string,
  size: number,
  isInclusive: boolean,
): string {
  if (origin === "string") return `must have at ${bound} ${counted(size, "character")}`;
  if (origin === "array" || origin === "set") return `must hold at ${bound} ${size}`;
  if (isInclusive) return `must be at ${bound} ${size}`;
  return `must be ${bound === "most" ? "less" : "more"} than ${size}`;
}

function counted(size: number, thing: string): string {
  return size === 1 ? `1 ${thing}` : `${size} ${thing}s`;
}
