import { createRoute } from "@hono/zod-openapi";
import {
  CheckMail,
  LogIn,
  Me,
  RequestReset,
  ResendVerification,
  ResetPassword,
  SignUp,
  VerifyEmail,
} from "@roost/contract/auth";
import { body, failures, json, newRouter, openToAll, requireMember } from "../http/router.ts";
import { visitorOf } from "../http/visitor.ts";
import { logIn } from "./log-in.ts";
import { logOut } from "./log-out.ts";
import { requestReset, resendVerification } from "./request-mail.ts";
import { resetPassword } from "./reset-password.ts";
import { sessionCookie } from "./session-token.ts";
import { signUp } from "./sign-up.ts";
import { verifyEmail } from "./verify-email.ts";

const tags = ["Sign-up and login"];
const checkMail = "We sent a mail to this address. Open the link in it.";
const mailIfKnown = "If the address needs one, a mail with a link is on its way.";

export const authRoutes = newRouter()
  .openapi(
    createRoute({
      method: "post",
      path: "/v1/auth/sign-up",
      operationId: "signUp",
      summary: "Sign up",
      description: "The answer is the same whether or not the address has an account.",
      tags,
      ...openToAll,
      request: { body: body(SignUp) },
      responses: { 202: json(CheckMail, "A mail is on its way."), ...failures },
    }),
    async (c) => {
      await signUp(c.var.system, visitorOf(c), c.req.valid("json"));
      return c.json({ detail: checkMail }, 202);
    },
  )
  .openapi(
    createRoute({
      method: "post",
      path: "/v1/auth/verify-email",
      operationId: "verifyEmail",
      summary: "Confirm an address and log in",
      tags,
      ...openToAll,
      request: { body: body(VerifyEmail) },
      responses: { 200: json(Me, "Confirmed. A session's cookie is set."), ...failures },
    }),
    async (c) => {
      const { me, token } = await verifyEmail(
        c.var.system,
        visitorOf(c),
        c.req.valid("json").token,
      );
      c.header("set-cookie", sessionCookie(token));
      return c.json(me, 200);
    },
  )
  .openapi(
    createRoute({
      method: "post",
      path: "/v1/auth/resend-verification",
      operationId: "resendVerification",
      summary: "Send the mail that confirms an address again",
      tags,
      ...openToAll,
      request: { body: body(ResendVerification) },
      responses: { 202: json(CheckMail, "A mail is on its way if one is needed."), ...failures },
    }),
    async (c) => {
      await resendVerification(c.var.system, visitorOf(c), c.req.valid("json").email);
      return c.json({ detail: mailIfKnown }, 202);
    },
  )
  .openapi(
    createRoute({
      method: "post",
      path: "/v1/auth/web-session",
      operationId: "logIn",
      summary: "Log in",
      description: "403 `forbidden` means that the address is not confirmed yet.",
      tags,
      ...openToAll,
      request: { body: body(LogIn) },
      responses: { 200: json(Me, "Logged in. A session's cookie is set."), ...failures },
    }),
    async (c) => {
      const { me, token } = await logIn(c.var.system, visitorOf(c), c.req.valid("json"));
      c.header("set-cookie", sessionCookie(token));
      return c.json(me, 200);
    },
  )
  .openapi(
    createRoute({
      method: "delete",
      path: "/v1/auth/web-session",
      operationId: "logOut",
      summary: "Log out",
      tags,
      ...openToAll,
      responses: { 204: { description: "There is no session any more." }, ...failures },
    }),
    async (c) => {
      await logOut(c.var.system, visitorOf(c), c.var.principal);
      c.header("set-cookie", sessionCookie(null));
      return c.body(null, 204);
    },
  )
  .openapi(
    createRoute({
      method: "post",
      path: "/v1/auth/reset/request",
      operationId: "requestReset",
      summary: "Ask for a new password",
      description: "The answer is the same whether or not the address has an account.",
      tags,
      ...openToAll,
      request: { body: body(RequestReset) },
      responses: { 202: json(CheckMail, "A mail is on its way if one is needed."), ...failures },
    }),
    async (c) => {
      await requestReset(c.var.system, visitorOf(c), c.req.valid("json").email);
      return c.json({ detail: mailIfKnown }, 202);
    },
  )
  .openapi(
    createRoute({
      method: "post",
      path: "/v1/auth/reset",
      operationId: "resetPassword",
      summary: "Set a new password",
      tags,
      ...openToAll,
      request: { body: body(ResetPassword) },
      responses: { 200: json(CheckMail, "Set. Every session has ended."), ...failures },
    }),
    async (c) => {
      await resetPassword(c.var.system, visitorOf(c), c.req.valid("json"));
      c.header("set-cookie", sessionCookie(null));
      return c.json({ detail: "Your new password is set. Log in with it." }, 200);
    },
  )
  .openapi(
    createRoute({
      method: "get",
      path: "/v1/auth/me",
      operationId: "me",
      summary: "Who is logged in",
      tags,
      middleware: requireMember,
      responses: { 200: json(Me, "The person, their tenant and their role."), ...failures },
    }),
    (c) => c.json(c.var.member, 200),
  );
