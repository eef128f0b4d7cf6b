import type { Peer } from "@roost/contract/host";
import type { Id } from "@roost/contract/ids";
import type { Message, SendMessage } from "@roost/contract/messages";
import { accountStub } from "../accounts/account-stub.ts";
import { requireAccount } from "../accounts/own-accounts.ts";
import type { Context } from "../context.ts";
import { AppError, unwrap } from "../errors.ts";
import { tenantStub } from "../tenants/tenant-stub.ts";
import { chooseFor } from "./choose-for.ts";
import { submissionOf } from "./submission.ts";

/** Takes a message for sending. The answer means that it is durable, not that it went out. */
export async function sendMessage(
  ctx: Context,
  input: SendMessage,
  idempotencyKey: string | null,
): Promise<{ message: Message; isReplayed: boolean }> {
  const submission = submissionOf(ctx.now(), input, idempotencyKey);
  const account =
    input.account ?? (await accountFor(ctx, submission.peer, idempotencyKey, submission.bodyHash));
  requireAccount(ctx, account, "account");
  return unwrap(await accountStub(ctx.env, account).accept(ctx.tenantId, submission));
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
  const [chosen] = await chooseFor(ctx, [peer]);
  if (chosen === undefined) throw new AppError("internal", "No account was looked for.");
  if (typeof chosen !== "string") throw new AppError(chosen.code, chosen.detail);
  if (idempotencyKey === null) return chosen;
  return unwrap(
    await tenantStub(ctx.env, ctx.tenantId).pinAccount(idempotencyKey, bodyHash, chosen),
  );
}
