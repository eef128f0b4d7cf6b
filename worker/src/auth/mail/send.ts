import { once } from "node:events";
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { createTransport } from "nodemailer";
import type { System } from "../../context.ts";
import { log } from "../../log.ts";
import type { MailContent } from "./messages.ts";

/** Pauses before the second and the third try. */
const PAUSES_MS = [500, 4_000];
const PATIENCE_MS = 10_000;
/** Where a mail server speaks TLS from the first byte; elsewhere it is asked for with STARTTLS. */
const TLS_PORT = 465;

/**
 * Sends after the answer is given, so that the answer says nothing by the time it takes. A failure is
 * logged without the address and without the link; the person can ask for another mail.
 */
export function sendMail(system: System, to: string, mail: MailContent): void {
  system.waitUntil(deliver(system, to, mail));
}

async function deliver(system: System, to: string, mail: MailContent): Promise<void> {
  for (const pauseMs of [...PAUSES_MS, null]) {
    try {
      await deliverOnce(system.config, to, mail);
      return;
    } catch (error) {
      if (pauseMs === null) {
        log({
          event: "mail.failed",
          request: system.requestId,
          kind: mail.kind,
          // The library's messages quote what the server said, and that may quote the address.
          error: codeOf(error),
        });
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}

async function deliverOnce(
  { mail: server, isSandbox }: System["config"],
  to: string,
  { subject, text, html }: MailContent,
): Promise<void> {
  const { host, port, user, password } = server;
  const isTls = port === TLS_PORT;
  const connection = await connect(host, port, isTls);
  const transport = createTransport({
    host,
    port,
    connection,
    secure: isTls,
    secured: isTls,
    // Links in mails open accounts: they never travel in clear, except to the stand-in on loopback.
    requireTLS: !isSandbox,
    ignoreTLS: isSandbox,
    ...(user === "" ? {} : { auth: { user, pass: password } }),
    greetingTimeout: PATIENCE_MS,
    socketTimeout: PATIENCE_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    await transport.sendMail({ from: server.from, to, subject, text, html });
  } finally {
    transport.close();
    connection.destroy();
  }
}

/**
 * Connects by name, since here the certificate is checked against what was connected to: left to
 * itself the library looks the name up and connects to a number.
 */
async function connect(host: string, port: number, isTls: boolean): Promise<Socket> {
  const socket = isTls ? connectTls({ host, port, servername: host }) : connectTcp({ host, port });
  // The library adds a listener for each command.
  socket.setMaxListeners(50);
  // Heard by `once` or by the library; between them nobody else may crash over it.
  socket.on("error", () => undefined);
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    await once(socket, isTls ? "secureConnect" : "connect", { signal });
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return socket;
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  const { code, responseCode } = error as { code?: string; responseCode?: number };
  return `${error.name} ${code ?? ""} ${responseCode ?? ""}`.trim();
}
