import type { Outcome } from "@roost/contract/errors";
import type { Id } from "@roost/contract/ids";
import { type BatchItem, SendMessage } from "@roost/contract/messages";
import type { Accepted, Submission } from "../accounts/outbox/accept-message.ts";
import { accountStub } from "../accounts/account-stub.ts";
import { requireAccount } from "../accounts/own-accounts.ts";
import type { Context } from "../context.ts";
import { AppError, unwrap } from "../errors.ts";
import { problemOf } from "../http/problem-of.ts";
import { parsed } from "../http/router.ts";
import { sha256 } from "../lib/crypto.ts";
import { describeError, log } from "../log.ts";
import type { Assigned, BatchErrors, KnownBatch } from "../tenants/batch-store.ts";
import { tenantStub } from "../tenants/tenant-stub.ts";
import { chooseFor } from "./choose-for.ts";
import { submissionOf } from "./submission.ts";

/** One message of a batch that some account may take, and the account it names. */
type Item = { submission: Submission; account: Id<"account"> | undefined };
type Wanted = Item | { error: AppError };
type Result = BatchItem | "unknown";

/** Of an item's key: no header can hold it, so no single message has the key of a batch's. */
const OF_BATCH = "\n";

/**
 * Takes up to a thousand messages, each or not on its own, in one call of every account concerned. With
 * a key the whole is fixed before the first is taken: a repeat, also after a crash in the middle, finds
 * the same accounts, and each message there by a key of its own.
 */
export async function sendBatch(
  ctx: Context,
  messages: readonly unknown[],
  key: string | null,
): Promise<{ data: BatchItem[]; isReplayed: boolean }> {
  const wanted = messages.map((message, place) => read(ctx, message, place, key));
  const known = await openBatch(ctx, wanted, key, sha256(JSON.stringify(messages)));
  const results = await takeAll(ctx, wanted, known);
  const data = results.map((result) =>
    result === "unknown" ? refused(ctx, nobodyKnows()) : result,
  );
  const isAnswered = !results.includes("unknown");
  if (key !== null && known.errors === null && isAnswered) {
    const errors = data.flatMap(({ error }, place): BatchErrors =>
      error === null ? [] : [{ place, error }],
    );
    await tenantStub(ctx.env, ctx.tenantId).closeBatch(boundKey(ctx, key), errors);
  }
  return { data, isReplayed: known.errors !== null };
}

function read(ctx: Context, message: unknown, place: number, key: string | null): Wanted {
  try {
    const input = parsed(SendMessage, message);
    if (input.account !== undefined) requireAccount(ctx, input.account, "account");
    const ownKey = key === null ? null : `${key}${OF_BATCH}${place}`;
    return { submission: submissionOf(ctx.now(), input, ownKey), account: input.account };
  } catch (error) {
    if (error instanceof AppError) return { error };
    throw error;
  }
}

/** Who takes what. Without a key nothing is kept, and of a batch without a choice only its opening. */
async function openBatch(
  ctx: Context,
  wanted: readonly Wanted[],
  key: string | null,
  bodyHash: string,
): Promise<KnownBatch & { why: Map<number, AppError> }> {
  const why = new Map<number, AppError>();
  const tenant = tenantStub(ctx.env, ctx.tenantId);
  const chosen = wanted.flatMap((one, place) =>
    "error" in one || one.account !== undefined ? [] : [{ place, peer: one.submission.peer }],
  );
  if (key !== null && chosen.length > 0) {
    const known = unwrap(await tenant.findBatch(boundKey(ctx, key), bodyHash));
    if (known !== null) return { ...known, why };
  }
  const assigned: Assigned = wanted.map((one) => ("error" in one ? null : (one.account ?? null)));
  const choices = await chooseFor(
    ctx,
    chosen.map(({ peer }) => peer),
  );
  for (const [i, choice] of choices.entries()) {
    const place = chosen[i]?.place ?? -1;
    if (typeof choice === "string") assigned[place] = choice;
    else why.set(place, new AppError(choice.code, choice.detail));
  }
  if (key === null) return { assigned, errors: null, why };
  return { ...unwrap(await tenant.openBatch(boundKey(ctx, key), bodyHash, assigned)), why };
}

async function takeAll(
  ctx: Context,
  wanted: readonly Wanted[],
  { assigned, errors, why }: KnownBatch & { why: Map<number, AppError> },
): Promise<Result[]> {
  const refusedBefore = new Map((errors ?? []).map(({ place, error }) => [place, error]));
  const perAccount = new Map<Id<"account">, { place: number; submission: Submission }[]>();
  const results = wanted.map((one, place): Result => {
    const before = refusedBefore.get(place);
    if (before !== undefined) return { message: null, error: before };
    if ("error" in one) return refused(ctx, one.error);
    const account = assigned[place] ?? null;
    if (account === null) return refused(ctx, why.get(place) ?? noneThen());
    const group = perAccount.get(account) ?? [];
    group.push({ place, submission: one.submission });
    perAccount.set(account, group);
    return "unknown";
  });
  await Promise.all(
    [...perAccount].map(async ([account, group]) => {
      const outcomes = await take(
        ctx,
        account,
        group.map(({ submission }) => submission),
      );
      for (const [i, outcome] of outcomes.entries()) {
        const place = group[i]?.place;
        if (place !== undefined) results[place] = resultOf(ctx, outcome);
      }
    }),
  );
  return results;
}

/** No answer of one account must not hide those of the others. */
async function take(
  ctx: Context,
  account: Id<"account">,
  submissions: Submission[],
): Promise<Outcome<Accepted>[]> {
  try {
    return await accountStub(ctx.env, account).acceptAll(ctx.tenantId, submissions);
  } catch (error) {
    log({ event: "batch.account_failed", account, error: describeError(error) });
    return [];
  }
}

function resultOf(ctx: Context, outcome: Outcome<Accepted>): BatchItem {
  if (outcome.ok) return { message: outcome.value.message, error: null };
  const { code, detail, retryAfterSeconds, until } = outcome.refusal;
  return refused(ctx, new AppError(code, detail, { retryAfterSeconds, until }));
}

function refused(ctx: Context, error: AppError): BatchItem {
  return { message: null, error: problemOf(ctx.config.publicUrl, error) };
}

function nobodyKnows(): AppError {
  return new AppError(
    "unavailable",
    "The account did not answer. Repeat the batch with the same Idempotency-Key: what was taken is not taken twice.",
  );
}

/** The first try ended before it could say why. */
function noneThen(): AppError {
  return new AppError(
    "account_unlinked",
    "No account could take it when the batch was first asked for. Send it once more, with another key.",
  );
}

/** Keys bound to different accounts do not share batches, or one could read the other's. */
function boundKey({ accounts }: Context, key: string): string {
  return sha256(JSON.stringify([accounts, key]));
}
