import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { patient } from "./patient-fetch.ts";

const url = new URL("http://localhost/chats.data");
const notOurs = () => new Response("<h1>Bad gateway</h1>", { status: 502 });
const ours = () =>
  new Response("[]", { status: 202, headers: { "content-type": "text/x-script; charset=utf-8" } });

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("addEventListener", () => {});
  vi.stubGlobal("removeEventListener", () => {});
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function givenNetwork(...answers: (() => Response)[]) {
  return vi.fn<typeof fetch>(async () => {
    const answer = answers.shift();
    if (answer === undefined) throw new TypeError("Failed to fetch");
    return answer();
  });
}

const lost = (): Response => {
  throw new TypeError("Failed to fetch");
};

test("news that a page loads by itself are waited for, whatever stands in between", async () => {
  const network = givenNetwork(lost, notOurs, ours);
  const answer = patient(network, () => false)(url, {});
  await vi.advanceTimersByTimeAsync(5_000);
  expect((await answer).status).toBe(202);
  expect(await (await answer).text()).toBe("[]");
  expect(network).toHaveBeenCalledTimes(3);
});

test("a page that somebody asked for fails at once, and so does what is sent", async () => {
  await expect(patient(givenNetwork(lost), () => true)(url, {})).rejects.toThrow("Failed to fetch");
  const posted = patient(givenNetwork(lost), () => false)(url, { method: "POST" });
  await expect(posted).rejects.toThrow("Failed to fetch");
});

test("news that nobody wants any more are not asked for again", async () => {
  const stop = new AbortController();
  const network = givenNetwork();
  const answer = patient(network, () => false)(url, { signal: stop.signal });
  const failure = answer.catch(String);
  await vi.advanceTimersByTimeAsync(100);
  stop.abort();
  expect(await failure).toContain("Not wanted any more.");
  await vi.advanceTimersByTimeAsync(10_000);
  expect(network).toHaveBeenCalledTimes(1);
});
