import { errors, type Problem } from "@roost/contract/errors";
import { expect, test } from "vitest";
import { refused } from "./forms.server.ts";
import { asSentence, refusalOf } from "./forms.ts";

function givenProblem(of: Partial<Problem> = {}): Problem {
  const code = "validation_failed";
  const detail = "`email`: must be an e-mail address.";
  return { type: "about:blank", ...errors[code], code, detail, request_id: "req_1", ...of };
}

function givenForm(fields: Record<string, string>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  return form;
}

test("what the API says of a field stands beside that field, as a sentence", () => {
  const problem = givenProblem({ errors: [{ path: "email", message: "must be an address" }] });
  const { data, init } = refused(problem, givenForm({ email: "ana" }));
  expect(init?.status).toBe(422);
  expect(data.refusal.fields).toEqual({ email: "must be an address" });
  expect(asSentence("Email", "must be an address")).toBe("Email must be an address.");
});

test("what was typed comes back, secrets do not", () => {
  const form = givenForm({ email: "ana", password: "secret", token: "t", organisation: "Flowers" });
  const { values } = refused(givenProblem(), form).data.refusal;
  expect(values).toEqual({ email: "ana", organisation: "Flowers" });
});

test("an error about something that the form does not show is told in the API's own words", () => {
  const problem = givenProblem({ errors: [{ path: "provider", message: "is unknown" }] });
  expect(refused(problem, givenForm({ name: "x" })).data.refusal.detail).toBe(problem.detail);
});

test("a form can say in a person's words what the API says to programs", () => {
  const problem = givenProblem({ errors: [{ path: "to", message: "must be E.164 or a JID" }] });
  const { refusal } = refused(problem, givenForm({ to: "x" }), { say: { to: "Write it." } }).data;
  expect(refusal.fields).toEqual({ to: "Write it." });
});

test("a part of a field's value belongs to that field", () => {
  const problem = givenProblem({ errors: [{ path: "text.body", message: "is needed" }] });
  const form = givenForm({ text: "", intent: "send" });
  expect(refused(problem, form).data.refusal.fields).toEqual({ text: "is needed" });
});

test("a refusal is shown by the form that it is for and by no other one", () => {
  const answer = refused(givenProblem(), givenForm({ intent: "send" })).data;
  expect(refusalOf(answer, "send")).not.toBeNull();
  expect(refusalOf(answer, "link")).toBeNull();
  expect(refusalOf({ sent: "msg_1" }, "send")).toBeNull();
  expect(refusalOf(undefined, "send")).toBeNull();
});
