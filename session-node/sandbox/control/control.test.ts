import { request } from "node:http";
import { afterAll, expect, test } from "vitest";
import { control } from "../test/client.ts";
import { eventually, givenNumber, givenSandbox } from "../test/given.ts";
import { isAllowedCaller } from "./callers.ts";

const sandbox = await givenSandbox();
afterAll(() => sandbox[Symbol.asyncDispose]());

/** `fetch` sets `Host` by itself, a browser with a rebound name sets another. */
function statusWith(headers: Record<string, string>, path = "/phones"): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({ port: sandbox.port, host: "127.0.0.1", path, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on("error", reject).end();
  });
}

test.each([
  [{ host: "127.0.0.1:8788" }, true],
  [{ host: "localhost:8788", origin: "http://localhost:3000" }, true],
  [{ host: "[::1]:8788" }, true],
  [{ host: "sandbox.example.com" }, false],
  [{ host: "127.0.0.1:8788", origin: "https://example.com" }, false],
  [{ host: "127.0.0.1:8788", origin: "null" }, false],
  [{}, false],
])("a caller with %o is allowed: %s", (caller, isAllowed) => {
  expect(isAllowedCaller(caller)).toBe(isAllowed);
});

test("another site's page and a rebound name are refused at every door", async () => {
  expect(await statusWith({ host: "rebound.example.com" })).toBe(403);
  expect(await statusWith({ origin: "https://example.com" })).toBe(403);
  expect(await statusWith({ host: "rebound.example.com" }, "/")).toBe(403);
  expect(await statusWith({ origin: "http://localhost:5173" })).toBe(200);
});

test("creating a phone twice gives the same phone, with or without the plus", async () => {
  const number = givenNumber();
  const first = await control(sandbox, "POST", "/phones", { number, name: "Eva" });
  const again = await control(sandbox, "POST", "/phones", { number: `+${number}` });
  expect(again).toEqual(first);
  expect(first).toMatchObject({ number, name: "Eva", on_whatsapp: true, companions: [] });
});

test("a number is taken as people write it", async () => {
  const number = givenNumber();
  const written = `+${number.slice(0, 1)} (${number.slice(1, 4)}) ${number.slice(4, 7)}-${number.slice(7)}`;
  expect(await control(sandbox, "POST", "/phones", { number: written })).toMatchObject({ number });
  const path = `/phones/${encodeURIComponent(written)}`;
  expect(await control(sandbox, "GET", path)).toMatchObject({ number });
});

test("a phone that was written to is among the used ones, though nobody created it", async () => {
  const [one, two] = [givenNumber(), givenNumber()];
  const listed = async (query: string) => {
    const phones = await control(sandbox, "GET", `/phones${query}`);
    return (phones as { number: string }[]).map(({ number }) => number);
  };
  await control(sandbox, "POST", `/phones/${one}/messages`, { to: two, text: "hi" });
  await eventually(async () => expect(await listed("?used=true")).toContain(two));
  expect(await listed("?used=true")).toContain(one);
  expect(await listed("?created=true")).not.toContain(two);
});

test.each([
  ["POST", "/phones", { number: "abc" }, /422.*digits/],
  ["POST", "/phones", { number: "15550001111", colour: "red" }, /422.*colour/],
  ["POST", "/phones", "not json", /422/],
  ["PUT", "/phones/15550001111", { receipts: "sometimes" }, /422.*receipts/],
  ["GET", "/phones/15550009999", undefined, /404.*15550009999/],
  ["GET", "/phones/15550009999/messages", undefined, /404/],
  ["GET", "/ledger?since=-1", undefined, /422.*since/],
  ["GET", "/ledger?limit=10001", undefined, /422.*limit/],
  ["GET", "/nowhere", undefined, /404.*nowhere/],
  ["PATCH", "/phones", undefined, /405/],
  ["POST", "/phones/15550001111/messages", { to: "15550002222" }, /422.*exactly one of/],
  ["POST", "/phones/15550001111/messages", { to: "15550000000", text: "x" }, /422.*not on What/],
  ["POST", "/phones/15550001111/messages", { to: "15550002222", image: {} }, /501.*image/],
  ["POST", "/phones/15550001111/vote", { wa_id: "X", options: [] }, /501/],
  ["POST", "/phones/15550001111/read", { wa_id: "X" }, /404.*X/],
])("%s %s with %o is refused with the reason", async (method, path, body, reason) => {
  await expect(control(sandbox, method, path, body)).rejects.toThrow(reason);
});

test("a refusal is a problem document", async () => {
  const response = await fetch(`${sandbox.url}/faults`, { method: "POST", body: "{}" });
  expect(response.status).toBe(422);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(await response.json()).toMatchObject({
    status: 422,
    title: "Not valid",
    errors: [{ path: "kind" }],
  });
});

test("two phones write to each other without any client", async () => {
  const [one, two] = [givenNumber(), givenNumber()];
  await control(sandbox, "POST", `/phones/${one}/messages`, { to: two, text: "hi" });
  await control(sandbox, "POST", `/phones/${two}/messages`, { to: one, text: "hi yourself" });
  await eventually(async () => {
    expect(await control(sandbox, "GET", `/phones/${one}/messages`)).toMatchObject([
      { direction: "out", text: "hi", status: "read" },
      { direction: "in", text: "hi yourself" },
    ]);
  });
});

test("the event stream tells what goes on", async () => {
  const stop = new AbortController();
  const response = await fetch(`${sandbox.url}/events`, { signal: stop.signal });
  const [one, two] = [givenNumber(), givenNumber()];
  await control(sandbox, "POST", `/phones/${one}/messages`, { to: two, text: "seen" });
  let streamed = "";
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  while (!streamed.includes('"text":"seen"')) streamed += (await reader?.read())?.value ?? "";
  expect(streamed).toContain('"kind":"message"');
  stop.abort();
});

test("a waiting QR is listed until it is withdrawn or has expired", async () => {
  const expires_at = new Date(Date.now() + 60_000).toISOString();
  await control(sandbox, "POST", "/waiting", { id: "acc_1", qr: "2@one", expires_at });
  await control(sandbox, "POST", "/waiting", { id: "acc_1", qr: "2@two", expires_at });
  await control(sandbox, "POST", "/waiting", {
    id: "acc_2",
    qr: "2@old",
    expires_at: new Date(Date.now() - 1).toISOString(),
  });
  const waiting = () => control(sandbox, "GET", "/waiting");
  expect(await waiting()).toMatchObject([{ id: "acc_1", qr: "2@two" }]);
  await control(sandbox, "DELETE", "/waiting/acc_1");
  expect(await waiting()).toEqual([]);
});

test.each(["/", "/page.js", "/phone-window.js", "/waiting.js", "/call.js", "/page.css"])(
  "the page's %s is served, and may load nothing from elsewhere",
  async (path) => {
    const response = await fetch(`${sandbox.url}${path}`);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-security-policy")).toContain("default-src 'self'");
  },
);
