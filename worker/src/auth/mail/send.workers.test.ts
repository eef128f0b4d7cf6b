import { env } from "cloudflare:workers";
import { expect, inject, test, vi } from "vitest";
import { readConfig } from "../../config.ts";
import { createSystem, type System } from "../../context.ts";
import { verifyMail } from "./messages.ts";
import { sendMail } from "./send.ts";

type Arrived = { subject: string; text: string; html: string | null; links: string[] };

async function mailsTo(address: string): Promise<Arrived[]> {
  const answer = await fetch(`${inject("mail").url}/mails?to=${encodeURIComponent(address)}`);
  return answer.json();
}

function givenSystem(smtpPort?: number): { system: System; work: Promise<void>[] } {
  const work: Promise<void>[] = [];
  const config = readConfig(env);
  if (smtpPort !== undefined) config.mail.port = smtpPort;
  return { system: createSystem(env, config, (each) => work.push(each)), work };
}

test("a mail goes out of workerd over SMTP, whole", async () => {
  const { system, work } = givenSystem();
  const mail = verifyMail(new URL("http://localhost:8787"), "0123456789abcdefghjk");
  sendMail(system, "whole@example.com", mail);
  await Promise.all(work);
  const [arrived] = await mailsTo("whole@example.com");
  expect(arrived).toMatchObject({ subject: mail.subject });
  expect(arrived?.text.trim()).toBe(mail.text);
  expect(arrived?.html?.trim()).toBe(mail.html);
  expect(arrived?.links).toEqual(["http://localhost:8787/verify-email?token=0123456789abcdefghjk"]);
});

test("outside the sandbox a mail does not travel in clear, whatever the server offers", async () => {
  const lines = vi.spyOn(console, "log").mockImplementation(() => undefined);
  const { system, work } = givenSystem();
  system.config.isSandbox = false;
  sendMail(system, "clear@example.com", verifyMail(new URL("http://localhost"), "a-token-of-it"));
  await Promise.all(work);
  expect(await mailsTo("clear@example.com")).toEqual([]);
  expect(lines.mock.calls.flat().join()).toContain("mail.failed");
  lines.mockRestore();
});

test("a mail that cannot be delivered is logged without its address and its link", async () => {
  const lines = vi.spyOn(console, "log").mockImplementation(() => undefined);
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  // Nobody listens on port 1.
  const { system, work } = givenSystem(1);
  sendMail(
    system,
    "nobody@example.com",
    verifyMail(new URL("http://localhost"), "secret-token-of-it"),
  );
  let isOver = false;
  void Promise.all(work).then(() => (isOver = true));
  await vi.waitFor(async () => {
    await vi.advanceTimersByTimeAsync(5_000);
    expect(isOver).toBe(true);
  });
  vi.useRealTimers();
  const logged = lines.mock.calls.flat().join("\n");
  expect(logged).toContain('"event":"mail.failed"');
  expect(logged).not.toContain("nobody@example.com");
  expect(logged).not.toContain("secret-token-of-it");
  lines.mockRestore();
});
