import { env } from "cloudflare:workers";
import { createExecutionContext } from "cloudflare:test";
import { expect, test } from "vitest";
import { makeWorker } from "./core.ts";

const worker = makeWorker(async () => new Response("a page"));

async function get(url: string): Promise<Response> {
  return worker.fetch(new Request(url), env, createExecutionContext());
}

test("a page asked for at another of our names is answered with the way home", async () => {
  const response = await get("http://127.0.0.1:8787/chats?account=1");
  expect(response.status).toBe(307);
  expect(response.headers.get("location")).toBe(`${env.PUBLIC_URL}/chats?account=1`);
});

test("a path that looks like an address does not lead away", async () => {
  const response = await get("http://127.0.0.1:8787//elsewhere.example/x");
  expect(new URL(response.headers.get("location") ?? "").origin).toBe(env.PUBLIC_URL);
});

test.each(["/v1", "/v1/", "/v1/nothing"])("%s is the API's to refuse", async (path) => {
  const response = await get(`${env.PUBLIC_URL}${path}`);
  expect(response.status).toBe(404);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
});

test("the reference is found with a slash at its end as well", async () => {
  const response = await get(`${env.PUBLIC_URL}/docs/`);
  expect(response.status).toBe(308);
  expect(response.headers.get("location")).toBe("/docs");
  expect((await get(`${env.PUBLIC_URL}/docs`)).status).toBe(200);
});

test("a path that only begins like the API's is a page's", async () => {
  expect(await (await get(`${env.PUBLIC_URL}/v10`)).text()).toBe("a page");
});

test("at home the page itself is answered", async () => {
  expect(await (await get(`${env.PUBLIC_URL}/chats`)).text()).toBe("a page");
});
