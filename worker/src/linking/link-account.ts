import type { LinkAttempt, StartLink } from "@roost/contract/accounts";
import type { Id } from "@roost/contract/ids";
import { renderSVG } from "uqr";
import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import { askAccount } from "../accounts/ask-account.ts";

/** Begins to link a phone; what was begun before is given up. */
export async function startLink(
  ctx: Context,
  account: Id<"account">,
  { method, phone }: StartLink,
): Promise<LinkAttempt> {
  const digits = phone === undefined ? null : phone.replace("+", "");
  return askAccount(ctx, account, (stub, tenant) =>
    stub.startLink(tenant, { method, phone: digits }),
  );
}

/** The QR code of the attempt, drawn. */
export async function drawLinkQr(ctx: Context, account: Id<"account">): Promise<string> {
  const { qr, state } = await askAccount(ctx, account, (stub, tenant) => stub.link(tenant));
  if (qr === null) {
    throw new AppError("invalid_state", `There is no QR code to scan: the attempt is ${state}.`);
  }
  return renderSVG(qr, { border: 2 });
}
