import { once } from "node:events";
import { z } from "zod";
import { startMailSandbox } from "./mail.ts";

const Environment = z.object({
  ROOST_MAIL_SMTP_PORT: z.coerce.number().int().min(0).max(65_535),
  ROOST_MAIL_HTTP_PORT: z.coerce.number().int().min(0).max(65_535),
  ROOST_MAIL_DIRECTORY: z.string().min(1),
});

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());

async function main(signal: AbortSignal): Promise<void> {
  const environment = Environment.parse(process.env);
  await using mail = await startMailSandbox({
    smtpPort: environment.ROOST_MAIL_SMTP_PORT,
    httpPort: environment.ROOST_MAIL_HTTP_PORT,
    directory: environment.ROOST_MAIL_DIRECTORY,
  });
  console.log(`mail: ready at ${mail.url}, SMTP on port ${mail.smtpPort}`);
  if (!signal.aborted) await once(signal, "abort");
}

await main(stop.signal);
