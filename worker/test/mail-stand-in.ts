import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { type MailSandbox, startMailSandbox } from "../sandbox/mail.ts";

declare module "vitest" {
  // oxlint-disable-next-line typescript/consistent-type-definitions -- declaration merging
  export interface ProvidedContext {
    mail: { smtpPort: number; url: string };
  }
}

let mail: MailSandbox;
let directory: string;

/** Tests in workerd send real mail over SMTP; this is where it arrives. */
export async function setup(project: TestProject): Promise<void> {
  directory = mkdtempSync(join(tmpdir(), "roost-mail-"));
  mail = await startMailSandbox({ smtpPort: 0, httpPort: 0, directory });
  project.provide("mail", { smtpPort: mail.smtpPort, url: mail.url });
}

export async function teardown(): Promise<void> {
  await mail[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
}
