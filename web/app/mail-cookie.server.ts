import { createCookie } from "@remix-run/cloudflare";

/** The address a mail was just sent to, so that the next page can name it and send it again. */
const mailCookie = createCookie("roost_mail", {
  path: "/",
  httpOnly: true,
  sameSite: "lax",
  maxAge: 3_600,
});

export function rememberMail(email: string): Promise<string> {
  return mailCookie.serialize(email.slice(0, 254));
}

export async function rememberedMail(request: Request): Promise<string | null> {
  const email: unknown = await mailCookie.parse(request.headers.get("cookie"));
  return typeof email === "string" ? email : null;
}
