import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, expect, test, vi } from "vitest";
import { TcpProxy } from "./tcp-proxy.ts";

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each[Symbol.asyncDispose]();
});
/** Long enough for bytes on loopback to have arrived, if they do. */
const A_WHILE_MS = 40;

/** A server that says back what it hears, and keeps a record of it. */
async function givenLink() {
  const heard: string[] = [];
  const taken: Socket[] = [];
  const server = createServer((socket) => {
    taken.push(socket);
    socket.on("error", () => undefined);
    socket.on("data", (bytes) => {
      heard.push(bytes.toString());
      socket.write(`echo ${bytes.toString()}`);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const proxy = await TcpProxy.open(port);
  open.push(proxy, {
    async [Symbol.asyncDispose]() {
      for (const socket of taken) socket.destroy();
      server.close();
    },
  });
  return { proxy, heard, taken };
}

async function dial(proxy: TcpProxy) {
  const socket = connect({ port: proxy.port, host: "127.0.0.1" });
  const facts = { socket, answers: "", isOver: false };
  socket.on("error", () => undefined);
  socket.on("data", (bytes) => (facts.answers += bytes.toString()));
  socket.on("close", () => (facts.isOver = true));
  // A reset may come before the connection is noticed.
  await Promise.race([once(socket, "connect"), once(socket, "close").catch(() => undefined)]).catch(
    () => undefined,
  );
  return facts;
}

test("bytes pass both ways, and so does the end", async () => {
  const { proxy, taken } = await givenLink();
  const client = await dial(proxy);
  client.socket.write("one");
  await vi.waitFor(() => expect(client.answers).toBe("echo one"));
  taken[0]?.end();
  await vi.waitFor(() => expect(client.isOver).toBe(true));
});

test("what is large is neither cut nor reordered", async () => {
  const { proxy, heard } = await givenLink();
  const client = await dial(proxy);
  const text = Array.from({ length: 300_000 }, (_, number) => `${number},`).join("");
  client.socket.write(text);
  await vi.waitFor(() => expect(heard.join("").length).toBe(text.length));
  expect(heard.join("")).toBe(text);
});

test("a silent link holds everything, tells nobody, and lets it through when it heals", async () => {
  const { proxy, heard } = await givenLink();
  const client = await dial(proxy);
  client.socket.write("before");
  await vi.waitFor(() => expect(client.answers).toBe("echo before"));
  proxy.set("silent");
  client.socket.write(" held");
  await pause(A_WHILE_MS);
  expect([heard.join(""), client.isOver]).toEqual(["before", false]);
  proxy.set("pass");
  await vi.waitFor(() => expect(client.answers).toBe("echo beforeecho  held"));
});

test("one way: the other side hears, and its answer is lost", async () => {
  const { proxy, heard } = await givenLink();
  const client = await dial(proxy);
  proxy.set("no_down");
  client.socket.write("question");
  await vi.waitFor(() => expect(heard).toEqual(["question"]));
  await pause(A_WHILE_MS);
  expect(client.answers).toBe("");
  proxy.set("no_up");
  await vi.waitFor(() => expect(client.answers).toBe("echo question"));
  client.socket.write("again");
  await pause(A_WHILE_MS);
  expect(heard).toEqual(["question"]);
});

test("an end is not heard through a silent link", async () => {
  const { proxy, taken } = await givenLink();
  const client = await dial(proxy);
  await vi.waitFor(() => expect(taken).toHaveLength(1));
  proxy.set("silent");
  taken[0]?.resetAndDestroy();
  await pause(A_WHILE_MS);
  expect(client.isOver).toBe(false);
  proxy.set("pass");
  await vi.waitFor(() => expect(client.isOver).toBe(true));
});

test("a refusing link resets what there is and what comes", async () => {
  const { proxy, taken } = await givenLink();
  const client = await dial(proxy);
  await vi.waitFor(() => expect(taken).toHaveLength(1));
  proxy.set("refuse");
  await vi.waitFor(() => expect(client.isOver).toBe(true));
  const late = await dial(proxy);
  await vi.waitFor(() => expect(late.isOver).toBe(true));
  expect(taken).toHaveLength(1);
});

test("a half-open link takes connections, swallows what they say, and forgets them when it heals", async () => {
  const { proxy, heard } = await givenLink();
  proxy.set("half_open");
  const client = await dial(proxy);
  client.socket.write("nobody hears");
  await pause(A_WHILE_MS);
  expect([heard, client.isOver]).toEqual([[], false]);
  proxy.set("pass");
  await vi.waitFor(() => expect(client.isOver).toBe(true));
  expect(heard).toEqual([]);
});

test("a flapping link breaks and mends until it is set", async () => {
  const { proxy } = await givenLink();
  const client = await dial(proxy);
  proxy.flap({ downMs: 10, upMs: 10 });
  await vi.waitFor(() => expect(client.isOver).toBe(true));
  proxy.set("pass");
  const again = await dial(proxy);
  again.socket.write("still there");
  await vi.waitFor(() => expect(again.answers).toBe("echo still there"));
  await pause(A_WHILE_MS);
  expect(again.isOver).toBe(false);
});
