import type { IncomingMessage, ServerResponse } from "node:http";
import type { z } from "zod";
import type { Network } from "../network/network.ts";
import { PhoneRefusal } from "../phones/pairing-desk.ts";
import { isAllowedCaller } from "./callers.ts";
import { streamActivity } from "./events.ts";
import { findPageFile } from "./page-files.ts";
import { Problem, problemDocument } from "./problem.ts";
import { type Answer, type Route, routes } from "./routes.ts";
import { PhoneNumber } from "./schemas.ts";

const LARGEST_BODY = 1_000_000;

/** Answers one request to the control API or for the page. */
export async function answerControl(
  network: Network,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const { host, origin } = request.headers;
    if (!isAllowedCaller({ host, origin })) {
      throw new Problem(403, "The sandbox answers only callers on this machine.");
    }
    if (origin) allowOrigin(response, origin);
    if (request.method === "OPTIONS") return void response.writeHead(204).end();

    const url = new URL(request.url ?? "/", "http://localhost");
    if (request.method === "GET") {
      if (url.pathname === "/events") return streamActivity(network, request, response);
      const file = await findPageFile(url.pathname);
      if (file) return writePage(response, file);
    }
    write(response, await answer(network, request, url));
  } catch (error) {
    const problem = asProblem(network, error);
    const type = "application/problem+json";
    write(response, { status: problem.status, body: problemDocument(problem) }, type);
  }
}

async function answer(network: Network, request: IncomingMessage, url: URL): Promise<Answer> {
  const { route, params } = match(request.method ?? "GET", url.pathname);
  const query = parse(route.query, Object.fromEntries(url.searchParams));
  const body = parse(route.body, await readBody(request));
  return await route.handle({ network, params, body, query });
}

function match(method: string, pathname: string) {
  const segments = pathname.split("/").slice(1);
  const onPath = routes.filter(
    ({ path }) =>
      path.length === segments.length &&
      path.every((part, index) => part.startsWith(":") || part === segments[index]),
  );
  const route = onPath.find((candidate) => candidate.method === method);
  if (!route && onPath.length > 0) {
    throw new Problem(405, `${pathname} does not take ${method}.`);
  }
  if (!route) throw new Problem(404, `The sandbox has no ${pathname}.`);
  return { route, params: readParams(route, segments) };
}

function readParams({ path }: Route, segments: readonly string[]) {
  const value = (name: string) => decodeURIComponent(segments[path.indexOf(name)] ?? "");
  const number = path.includes(":number") ? parse(PhoneNumber, value(":number"), "number") : "";
  return { number, id: path.includes(":id") ? value(":id") : "" };
}

function parse<T>(schema: z.ZodType<T>, value: unknown, name = ""): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map((issue) => ({
    path: [name, ...issue.path].filter((part) => part !== "").join("."),
    message: issue.message,
  }));
  const detail = errors.map(({ path, message }) => (path ? `${path}: ${message}` : message));
  throw new Problem(422, detail.join("; "), errors);
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > LARGEST_BODY) throw new Problem(413, "The body is larger than a megabyte.");
    chunks.push(chunk);
  }
  if (length === 0) return {};
  try {
    return JSON.parse(Buffer.concat(chunks).toString()) as unknown;
  } catch {
    throw new Problem(400, "The body is not JSON.");
  }
}

function asProblem(network: Network, error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof PhoneRefusal) return new Problem(error.status, error.message);
  network.noteFailure(error);
  return new Problem(500, `The sandbox failed: ${network.counters.lastFailure}`);
}

function allowOrigin(response: ServerResponse, origin: string): void {
  response.setHeader("access-control-allow-origin", origin);
  response.setHeader("access-control-allow-methods", "GET, POST, PUT, DELETE");
  response.setHeader("access-control-allow-headers", "content-type");
  response.setHeader("vary", "origin");
}

function writePage(response: ServerResponse, { bytes, type }: { bytes: Buffer; type: string }) {
  response
    .writeHead(200, {
      "content-type": type,
      "content-security-policy": "default-src 'self'; img-src data:; frame-ancestors 'none'",
      "cache-control": "no-cache",
    })
    .end(bytes);
}

function write(
  response: ServerResponse,
  { status, body }: Answer,
  type = "application/json",
): void {
  if (body === undefined) return void response.writeHead(status).end();
  response.writeHead(status, { "content-type": type }).end(JSON.stringify(body));
}
