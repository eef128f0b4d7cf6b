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
  const transport = createTransport({
    host: server.host,
    port: server.port,
    secure: server.port === TLS_PORT,
    // Links in mails open accounts: they never travel in clear, except to the stand-in on loopback.
    requireTLS: !isSandbox,
    ignoreTLS: isSandbox,
    ...(server.user === "" ? {} : { auth: { user: server.user, pass: server.password } }),
    connectionTimeout: PATIENCE_MS,
    greetingTimeout: PATIENCE_MS,
    socketTimeout: PATIENCE_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    await transport.sendMail({ from: server.from, to, subject, text, html });
  } finally {
    transport.close();
  }
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  const { code, responseCode } = error as { code?: string; responseCode?: number };
  return `${error.name} ${code ?? ""} ${responseCode ?? ""}`.trim();
}
