import type { Peer } from "@roost/contract/host";
import type { Id } from "@roost/contract/ids";
import type { Message, SendMessage } from "@roost/contract/messages";
import type { Submission } from "../accounts/accept-message.ts";
import { accountStub } from "../accounts/account-stub.ts";
import { ownAccounts, requireAccount } from "../accounts/own-accounts.ts";
import type { Context } from "../context.ts";
import { AppError, invalidField, notFound, unwrap } from "../errors.ts";
import { sha256 } from "../lib/crypto.ts";
import { tenantStub } from "../tenants/tenant-stub.ts";
import { chooseAccount, whyNone } from "./choose-account.ts";
import { readRecipient } from "./recipient.ts";

/** Takes a message for sending. The answer means that it is durable, not that it went out. */
export async function sendMessage(
  ctx: Context,
  input: SendMessage,
  idempotencyKey: string | null,
): Promise<{ message: Message; isReplayed: boolean }> {
  const submission = await submissionOf(ctx, input, idempotencyKey);
  const account =
    input.account ?? (await accountFor(ctx, submission.peer, idempotencyKey, submission.bodyHash));
  requireAccount(ctx, account, "account");
  return unwrap(await accountStub(ctx.env, account).accept(ctx.tenantId, submission));
}

async function submissionOf(
  ctx: Context,
  input: SendMessage,
  idempotencyKey: string | null,
): Promise<Submission> {
  if (input.type !== "text" || input.text === undefined) {
    throw new AppError(
      "capability_missing",
      `Messages of type ${input.type} are not built yet. Send a text.`,
    );
  }
  const recipient = readRecipient(input.to);
  if (recipient.kind === "group") {
    throw new AppError("capability_missing", "Sending to groups is not built yet.");
  }
  if (recipient.kind === "contact") throw notFound("contact");
  if (recipient.kind === "invalid") {
    throw invalidField(
      "to",
      "must be a phone number in E.164, like +5511999990000, a JID or a LID",
    );
  }
  const sendAt = timeOf(input.send_at);
  const expiresAt = timeOf(input.expires_at);
  if (expiresAt !== null && expiresAt <= Math.max(ctx.now(), sendAt ?? 0)) {
    throw invalidField("expires_at", "must be later than now and later than `send_at`");
  }
  const { reply_to, client_reference, priority, pace, lane } = input;
  return {
    peer: recipient.peer,
    address: recipient.address,
    text: input.text.body,
    input: { reply_to, client_reference, priority, pace, lane },
    sendAt,
    expiresAt,
    idempotencyKey,
    bodyHash: idempotencyKey === null ? "" : sha256(JSON.stringify(input)),
  };
}

/** A repeated request must find the account that took the first one, whoever is the best by now. */
async function accountFor(
  ctx: Context,
  peer: Peer,
  idempotencyKey: string | null,
  bodyHash: string,
): Promise<Id<"account">> {
  if (idempotencyKey !== null) {
    const tenant = tenantStub(ctx.env, ctx.tenantId);
    const pinned = unwrap(await tenant.pinnedAccount(idempotencyKey, bodyHash));
    if (pinned !== null) return pinned;
  }
  const asked = (await ownAccounts(ctx)).map((account) =>
    accountStub(ctx.env, account).candidate(ctx.tenantId, peer),
  );
  const candidates = (await Promise.all(asked)).flatMap((c) => (c.ok ? [c.value] : []));
  const chosen = chooseAccount(candidates);
  if (chosen === null) {
    const { code, detail, retryAfterSeconds } = whyNone(candidates);
    throw new AppError(code, detail, { retryAfterSeconds });
  }
  if (idempotencyKey === null) return chosen;
  return unwrap(
    await tenantStub(ctx.env, ctx.tenantId).pinAccount(idempotencyKey, bodyHash, chosen),
  );
}

function timeOf(text: string | null | undefined): number | null {
  return text === null || text === undefined ? null : Date.parse(text);
}
