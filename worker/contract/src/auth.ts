import { z } from "zod";
import { id } from "./ids.ts";
import { Role } from "./scopes.ts";

export const Email = z
  .email({
    error: ({ input }) => (input === undefined ? "is needed" : "must be an e-mail address"),
  })
  .max(254, "must have at most 254 characters")
  .transform((email) => email.trim().toLowerCase());

/** Length is what makes a password strong; the upper bound keeps hashing cheap. */
export const Password = z
  .string()
  .min(10, "must have at least 10 characters")
  .max(200, "must have at most 200 characters");

export const SignUp = z
  .strictObject({
    email: Email,
    password: Password,
    organisation: z.string().trim().min(1, "is needed").max(80, "must have at most 80 characters"),
  })
  .meta({ id: "SignUp" });
export type SignUp = z.infer<typeof SignUp>;

export const LogIn = z
  .strictObject({ email: Email, password: z.string().min(1, "is needed").max(200) })
  .meta({ id: "LogIn" });
export type LogIn = z.infer<typeof LogIn>;

export const Token = z.string().min(20).max(100);
export const VerifyEmail = z.strictObject({ token: Token }).meta({ id: "VerifyEmail" });
export const ResendVerification = z
  .strictObject({ email: Email })
  .meta({ id: "ResendVerification" });
export const RequestReset = z.strictObject({ email: Email }).meta({ id: "RequestReset" });
export const ResetPassword = z
  .strictObject({ token: Token, password: Password })
  .meta({ id: "ResetPassword" });

/** The same answer whether or not the address was known. */
export const CheckMail = z.strictObject({ detail: z.string() }).meta({ id: "CheckMail" });

export const Me = z
  .strictObject({
    user: z.strictObject({ id: id("user"), email: z.string() }),
    tenant: z.strictObject({ id: id("tenant"), name: z.string() }),
    role: Role,
    is_platform_admin: z.boolean(),
  })
  .meta({ id: "Me" });
export type Me = z.infer<typeof Me>;
