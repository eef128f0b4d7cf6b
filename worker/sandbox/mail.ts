import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { callbackify } from "node:util";
import { SMTPServer, type SMTPServerSession } from "smtp-server";
import { framedHtml, listPage, mailPage } from "./mail-page.ts";
import { MailStore } from "./mail-store.ts";

/** The only address it listens on: mails hold links that open accounts. */
const LOOPBACK = "127.0.0.1";

export type MailSandboxOptions = {
  /** 0 takes any free port, here and below. */
  smtpPort: number;
  httpPort: number;
  /** Where mails are kept. */
  directory: string;
};

/** A mail server that delivers to a page instead of to people. */
export type MailSandbox = AsyncDisposable & { smtpPort: number; httpPort: number; url: string };

/** Starts the SMTP server and the page; both answer when this resolves. */
export async function startMailSandbox(options: MailSandboxOptions): Promise<MailSandbox> {
  const store = new MailStore(options.directory);
  const watchers = new Set<ServerResponse>();

  const smtp = new SMTPServer({
    disabledCommands: ["AUTH", "STARTTLS"],
    disableReverseLookup: true,
    size: 1024 * 1024,
    onData: callbackify(async (stream: Readable, { envelope }: SMTPServerSession) => {
      const recipients = envelope.rcptTo.map(({ address }) => address);
      await store.receive(await buffer(stream), recipients, new Date());
      for (const watcher of watchers) watcher.write("data: mail\n\n");
    }),
  });
  // A client that leaves in the middle is its own affair.
  smtp.on("error", () => undefined);
  const http = createServer((request, response) => {
    respond(store, watchers, request, response).catch((error: unknown) => {
      console.error(error);
      response.writeHead(500).end();
    });
  });

  smtp.listen(options.smtpPort, LOOPBACK);
  http.listen(options.httpPort, LOOPBACK);
  await Promise.all([once(smtp.server, "listening"), once(http, "listening")]);
  const httpPort = portOf(http);
  return {
    smtpPort: portOf(smtp.server),
    httpPort,
    url: `http://${LOOPBACK}:${httpPort}`,
    async [Symbol.asyncDispose]() {
      const ended = once(http, "close");
      http.close();
      http.closeAllConnections();
      await Promise.all([ended, new Promise<void>((resolve) => smtp.close(() => resolve()))]);
    },
  };
}

async function respond(
  store: MailStore,
  watchers: Set<ServerResponse>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // A page elsewhere that points its own name here must not read mails.
  const { hostname, pathname, searchParams } = new URL(
    `http://${request.headers.host ?? ""}${request.url ?? "/"}`,
  );
  if (hostname !== LOOPBACK && hostname !== "localhost")
    return send(response, 403, "text/plain", "Only as localhost.");
  if (request.method !== "GET") return send(response, 405, "text/plain", "Only GET.");

  if (pathname === "/") return send(response, 200, "text/html", await listPage(store.list(null)));
  if (pathname === "/mails") {
    return send(
      response,
      200,
      "application/json",
      JSON.stringify(store.list(searchParams.get("to"))),
    );
  }
  if (pathname === "/live") return watch(watchers, response);

  const [, id = "", part] = /^\/mails\/([\w-]+)(\/html)?$/.exec(pathname) ?? [];
  const mail = store.find(id);
  if (mail === null) return send(response, 404, "text/plain", "There is no such mail.");
  return send(
    response,
    200,
    "text/html",
    part === undefined ? await mailPage(mail) : framedHtml(mail),
  );
}

function watch(watchers: Set<ServerResponse>, response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  response.write(": open\n\n");
  watchers.add(response);
  response.once("close", () => watchers.delete(response));
}

function send(response: ServerResponse, status: number, type: string, content: string): void {
  response.writeHead(status, {
    "content-type": `${type}; charset=utf-8`,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  });
  response.end(content);
}

/** The servers listen on TCP, so their address is never a pipe's name. */
function portOf(server: Pick<Server, "address">): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  return address.port;
}
