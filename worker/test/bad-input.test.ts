import { readdirSync, readFileSync } from "node:fs";
import { CreatedKey } from "@roost/contract/keys";
import { Problem } from "@roost/contract/errors";
import { Message } from "@roost/contract/messages";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { seedOne } from "../local/seed.ts";
import { ApiClient, type Call } from "./api-client.ts";
import { givenLinked, givenWorld, type World } from "./given.ts";

let world: World;
let account: `acc_${string}`;
let unlinked: `acc_${string}`;
let stranger: ApiClient;
let strangersAccount: string;
beforeAll(async () => {
  world = await givenWorld();
  account = await givenLinked(world, "15550400001");
  unlinked = (await world.api.createAccount("Not linked")).id;
  const other = await seedOne(world.stack, {
    email: "other@sandbox.localhost",
    password: "another long password",
    organisation: "Other",
    with_key: true,
  });
  stranger = new ApiClient(world.stack.apiUrl, other.api_key ?? "");
  strangersAccount = (await stranger.createAccount("Theirs")).id;
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

async function refusal(path: string, call: Call): Promise<Problem> {
  const response = await world.api.raw(path, call);
  expect(response.headers.get("content-type")).toContain("application/problem+json");
  const problem = Problem.parse(await response.json());
  expect(problem.status).toBe(response.status);
  expect(problem.request_id).toBe(response.headers.get("x-request-id"));
  // A sentence for a person, not a code.
  expect(problem.detail).toMatch(/^[A-Z`].{10,}[.!]$/s);
  return problem;
}

const valid = () => ({ account, to: "+15550400002", text: { body: "hello" } });

describe("each bad request gets its own problem, and nothing is left half-done", () => {
  test.each([
    ["an unknown field", () => ({ ...valid(), colour: "red" }), 422, "validation_failed"],
    ["a wrong type", () => ({ ...valid(), text: { body: 7 } }), 422, "validation_failed"],
    ["no recipient", () => ({ account, text: { body: "x" } }), 422, "validation_failed"],
    ["a number that is none", () => ({ ...valid(), to: "call me" }), 422, "validation_failed"],
    ["an empty text", () => ({ ...valid(), text: { body: "" } }), 422, "validation_failed"],
    ["a type not built yet", () => ({ ...valid(), type: "poll" }), 501, "capability_missing"],
    ["an unlinked account", () => ({ ...valid(), account: unlinked }), 409, "account_unlinked"],
    [
      "another tenant's account",
      () => ({ ...valid(), account: strangersAccount }),
      404,
      "not_found",
    ],
    [
      "a nonsense account",
      () => ({ ...valid(), account: "acc_nonsense" }),
      422,
      "validation_failed",
    ],
  ])("%s", async (_name, body, status, code) => {
    const problem = await refusal("/v1/messages", { method: "POST", body: body() });
    expect(problem).toMatchObject({ status, code });
  });

  test("malformed JSON", async () => {
    const problem = await refusal("/v1/messages", { method: "POST", text: '{"to": ' });
    expect(problem).toMatchObject({ status: 400, code: "malformed_json" });
  });

  test("a body over the limit", async () => {
    const text = JSON.stringify({ ...valid(), text: { body: "x".repeat(3_000_000) } });
    const problem = await refusal("/v1/messages", { method: "POST", text });
    expect(problem).toMatchObject({ status: 413, code: "payload_too_large" });
  });

  test("a route that does not exist", async () => {
    expect(await refusal("/v1/nothing", {})).toMatchObject({ status: 404, code: "not_found" });
  });

  test("nothing was written by any of these", async () => {
    const events = await world.api.events(account);
    expect(events.filter(({ type }) => type.startsWith("message."))).toEqual([]);
  });
});

describe("credentials", () => {
  test.each([
    ["no key", null],
    ["nonsense", "nonsense"],
    ["a key that never was", `rk_${"0".repeat(26)}_${"0".repeat(26)}_${"0".repeat(52)}`],
  ])("%s is 401", async (_name, key) => {
    const problem = await refusal("/v1/accounts", { key });
    expect(problem).toMatchObject({ status: 401, code: "unauthenticated" });
  });

  test("a revoked key is refused", async () => {
    const created = await world.api.call(CreatedKey, "/v1/keys", {
      method: "POST",
      body: { name: "Short-lived", scopes: ["accounts:read"] },
    });
    expect((await world.api.raw("/v1/accounts", { key: created.secret })).status).toBe(200);
    await world.api.raw(`/v1/keys/${created.id}`, { method: "DELETE" });
    expect(await refusal("/v1/accounts", { key: created.secret })).toMatchObject({ status: 401 });
  });

  test("a key without the scope is 403", async () => {
    const created = await world.api.call(CreatedKey, "/v1/keys", {
      method: "POST",
      body: { name: "Reader", scopes: ["accounts:read"] },
    });
    const call: Call = { method: "POST", body: valid(), key: created.secret };
    expect(await refusal("/v1/messages", call)).toMatchObject({ status: 403, code: "forbidden" });
  });
});

test("another tenant's id and nonsense get the same answer", async () => {
  const nonsense = `${account.slice(0, -4)}zzzz`;
  const answers: string[] = [];
  for (const id of [strangersAccount, nonsense]) {
    const problem = await refusal(`/v1/accounts/${id}`, {});
    answers.push(JSON.stringify({ ...problem, request_id: "" }));
  }
  expect(answers[0]).toBe(answers[1]);
});

describe("idempotency", () => {
  test("the same key and body give the first answer again", async () => {
    const call: Call = { method: "POST", body: valid(), idempotencyKey: "again" };
    const first = await world.api.raw("/v1/messages", call);
    const second = await world.api.raw("/v1/messages", call);
    const { id } = Message.parse(await first.json());
    expect(await second.json()).toMatchObject({ id });
    expect(first.headers.get("idempotent-replayed")).toBeNull();
    expect(second.headers.get("idempotent-replayed")).toBe("true");
  });

  test("the same key with another body is refused", async () => {
    await world.api.raw("/v1/messages", { method: "POST", body: valid(), idempotencyKey: "mixed" });
    const other = { ...valid(), text: { body: "something else" } };
    const call: Call = { method: "POST", body: other, idempotencyKey: "mixed" };
    expect(await refusal("/v1/messages", call)).toMatchObject({ code: "idempotency_mismatch" });
  });

  test("twelve at once make one message", async () => {
    const body = { ...valid(), text: { body: "only once" } };
    const ids = await Promise.all(
      Array.from({ length: 12 }, async () => {
        const call: Call = { method: "POST", body, idempotencyKey: "parallel" };
        const { id } = Message.parse(await (await world.api.raw("/v1/messages", call)).json());
        return id;
      }),
    );
    expect(new Set(ids).size).toBe(1);
  });
});

test("no log holds a key, a password, a QR text or a whole phone number", async () => {
  const logs = `${world.stack.directory}/logs`;
  // The WhatsApp sandbox plays the network itself: only the product's own logs count.
  const text = readdirSync(logs)
    .filter((file) => !file.startsWith("whatsapp"))
    .map((file) => readFileSync(`${logs}/${file}`, "utf8"))
    .join("\n");
  expect(text).toContain("request.handled");
  const { secrets } = world.stack;
  const hidden = [
    world.api.key,
    stranger.key,
    "15550400001",
    "15550400002",
    "another long password",
  ];
  const found = [...hidden, ...Object.values(secrets)].filter((secret) => text.includes(secret));
  expect(found).toEqual([]);
});
