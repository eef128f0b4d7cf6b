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

test("at home the page itself is answered", async () => {
  expect(await (await get(`${env.PUBLIC_URL}/chats`)).text()).toBe("a page");
});
