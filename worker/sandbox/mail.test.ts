import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTransport } from "nodemailer";
import { afterEach, expect, test } from "vitest";
import { z } from "zod";
import { type MailSandbox, startMailSandbox } from "./mail.ts";
import { Mail, MailStore, MAX_MAILS } from "./mail-store.ts";

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of open.splice(0).toReversed()) await each[Symbol.asyncDispose]();
});

async function givenSandbox(directory = givenDirectory()): Promise<MailSandbox> {
  const sandbox = await startMailSandbox({ smtpPort: 0, httpPort: 0, directory });
  open.push(sandbox);
  return sandbox;
}

function givenDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "roost-mail-"));
  open.push({ [Symbol.asyncDispose]: async () => rmSync(directory, { recursive: true }) });
  return directory;
}

async function deliver({ smtpPort }: MailSandbox, to: string, subject: string): Promise<void> {
  const transport = createTransport({ host: "127.0.0.1", port: smtpPort });
  await transport.sendMail({
    from: "Roost <no-reply@roost.localhost>",
    to,
    subject,
    text: `Grüße\nOpen http://localhost/verify-email?token=abc&x=1 now`,
    html: `<p>Open <a href="http://localhost/verify-email?token=abc">this</a></p>`,
  });
  transport.close();
}

async function mails({ url }: MailSandbox, query = ""): Promise<Mail[]> {
  return z.array(Mail).parse(await (await fetch(`${url}/mails${query}`)).json());
}

test("a delivered mail is listed with its text and its links, the newest first", async () => {
  const sandbox = await givenSandbox();
  await deliver(sandbox, "Ann@Example.com", "one");
  await deliver(sandbox, "bob@example.com", "two ☃");
  const all = await mails(sandbox);
  expect(all.map(({ subject }) => subject)).toEqual(["two ☃", "one"]);
  expect(all[1]).toMatchObject({
    from: "Roost <no-reply@roost.localhost>",
    to: ["ann@example.com"],
    links: ["http://localhost/verify-email?token=abc&x=1"],
  });
  expect(all[1]?.text).toContain("Grüße");
  const toAnn = await mails(sandbox, "?to=ANN@example.com");
  expect(toAnn.map(({ subject }) => subject)).toEqual(["one"]);
});

test("a mail's page shows its links and cannot be made to run what is in it", async () => {
  const sandbox = await givenSandbox();
  await deliver(sandbox, "ann@example.com", "<script>alert(1)</script>");
  const [mail] = await mails(sandbox);
  const page = await (await fetch(`${sandbox.url}/mails/${mail?.id}`)).text();
  expect(page).toContain('<a href="http://localhost/verify-email?token=abc&amp;x=1">');
  expect(page).not.toContain("<script>alert(1)");
  const list = await (await fetch(sandbox.url)).text();
  expect(list).toContain(`href="/mails/${mail?.id}"`);
  expect(list).not.toContain("<script>alert(1)");
});

test("the page learns of a new mail while it is open", async () => {
  const sandbox = await givenSandbox();
  const stop = new AbortController();
  const live = await fetch(`${sandbox.url}/live`, { signal: stop.signal });
  const reader = live.body?.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader?.read())?.value).toContain(": open");
  await deliver(sandbox, "ann@example.com", "hello");
  expect((await reader?.read())?.value).toContain("data: mail");
  stop.abort();
});

test("mails outlive the process", async () => {
  const directory = givenDirectory();
  const first = await givenSandbox(directory);
  await deliver(first, "ann@example.com", "kept");
  await first[Symbol.asyncDispose]();
  open.splice(open.indexOf(first), 1);
  const second = await givenSandbox(directory);
  expect((await mails(second)).map(({ subject }) => subject)).toEqual(["kept"]);
});

test("the oldest mails go when there are too many, from disk as well", async () => {
  const directory = givenDirectory();
  const store = new MailStore(directory);
  for (let n = 1; n <= MAX_MAILS + 2; n++) {
    await store.receive(Buffer.from(`Subject: ${n}\r\n\r\nhi`), ["a@b.c"], new Date());
  }
  expect(store.list(null)).toHaveLength(MAX_MAILS);
  expect(store.list(null).at(-1)?.subject).toBe("3");
  expect(readdirSync(directory)).toHaveLength(MAX_MAILS);
});

test("it is not to be had under another name, so that no page elsewhere reads mails", async () => {
  const { httpPort } = await givenSandbox();
  const status = await new Promise((resolve, reject) => {
    request({
      port: httpPort,
      host: "127.0.0.1",
      path: "/mails",
      headers: { host: "evil.example" },
    })
      .once("response", (response) => resolve(response.resume().statusCode))
      .once("error", reject)
      .end();
  });
  expect(status).toBe(403);
});
