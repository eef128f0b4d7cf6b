export type MailKind = "verify" | "existing_account" | "reset" | "password_changed";
export type MailContent = { kind: MailKind; subject: string; text: string; html: string };

type Parts = { kind: MailKind; subject: string; say: string[]; button: [string, URL]; end: string };

// Nothing a stranger typed goes into a mail, or sign-up would send their words to anybody.

/** Asks whoever reads the address's mail to confirm it. */
export function verifyMail(publicUrl: URL, token: string): MailContent {
  return compose({
    kind: "verify",
    subject: "Confirm your address for Roost",
    say: ["Welcome to Roost. One step is left: confirm that this address is yours."],
    button: ["Confirm my address", linkTo(publicUrl, "/verify-email", token)],
    end: "The link works once, for 24 hours. If you did not sign up, do nothing: without the link no account is opened.",
  });
}

/** The answer to a sign-up with an address that has an account; the sign-up page says nothing. */
export function existingAccountMail(publicUrl: URL): MailContent {
  return compose({
    kind: "existing_account",
    subject: "You already have an account at Roost",
    say: [
      "Somebody, probably you, tried to sign up with this address. It already has an account, so nothing was changed.",
      "Log in with your password, or choose a new one on the same page if you do not remember it.",
    ],
    button: ["Log in", new URL("/login", publicUrl)],
    end: "If it was not you, do nothing: nobody learned that you have an account.",
  });
}

/** Lets the owner of the address choose a new password. */
export function resetMail(publicUrl: URL, token: string): MailContent {
  return compose({
    kind: "reset",
    subject: "Choose a new password for Roost",
    say: ["Somebody, probably you, asked for a new password for your account at Roost."],
    button: ["Choose a new password", linkTo(publicUrl, "/reset-password", token)],
    end: "The link works once, for one hour. If you did not ask for it, do nothing: your password stays as it is.",
  });
}

/** Tells the owner what happened, in case it was not them. */
export function passwordChangedMail(publicUrl: URL): MailContent {
  return compose({
    kind: "password_changed",
    subject: "Your password for Roost was changed",
    say: ["Your password for Roost was changed just now, and every browser was logged out."],
    button: ["Log in", new URL("/login", publicUrl)],
    end: "If it was not you, choose a new password at once, and look after your mailbox: whoever changed it can read your mail.",
  });
}

function linkTo(publicUrl: URL, path: string, token: string): URL {
  const link = new URL(path, publicUrl);
  link.searchParams.set("token", token);
  return link;
}

/** All parts are our own sentences and links, so there is nothing to escape. */
function compose({ kind, subject, say, button: [label, link], end }: Parts): MailContent {
  const text = [...say, `${label}:\n${link.href}`, end, "Roost"].join("\n\n");
  const paragraph = (content: string): string => `<p style="margin:0 0 16px">${content}</p>`;
  const html = `<!doctype html>
<html lang="en"><body style="margin:0;padding:32px 16px;background:#f5f5f4;color:#1c1917;font:16px/1.5 system-ui,-apple-system,'Segoe UI',sans-serif">
<div style="max-width:480px;margin:0 auto;padding:32px;background:#fff;border-radius:12px">
<p style="margin:0 0 24px;font-weight:600">Roost</p>
${say.map(paragraph).join("\n")}
<p style="margin:24px 0"><a href="${link.href}" style="display:inline-block;padding:12px 20px;background:#166534;color:#fff;border-radius:8px;text-decoration:none;font-weight:600">${label}</a></p>
<p style="margin:0 0 16px;font-size:14px;color:#57534e">If the button does not work, open this address: <a href="${link.href}" style="color:#166534;word-break:break-all">${link.href}</a></p>
<p style="margin:0;font-size:14px;color:#57534e">${end}</p>
</div></body></html>`;
  return { kind, subject, text, html };
}
