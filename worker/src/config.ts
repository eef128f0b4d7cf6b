import { Region } from "@roost/contract/regions";
import { z } from "zod";

const Variables = z.object({
  MODE: z.enum(["production", "sandbox"]),
  PUBLIC_URL: z.url(),
  MAIL_FROM: z.string().min(3),
  SMTP_HOST: z.string().min(1),
  SMTP_PORT: z.coerce.number().int().min(1).max(65_535),
  SMTP_USER: z.string(),
  SMTP_PASSWORD: z.string().default(""),
  DEFAULT_REGION: Region.default("default"),
  HOST_SECRET: z.string().min(32, "HOST_SECRET must be set: 32 random bytes"),
});

/** All settings, parsed once per isolate. */
export type Config = {
  /** The sandbox relaxes pacing and nothing else; production is the default. */
  isSandbox: boolean;
  publicUrl: URL;
  hostSecret: Uint8Array;
  /** Where an account lives that names no region, and a host stands that names none. */
  defaultRegion: Region;
  mail: { from: string; host: string; port: number; user: string; password: string };
};

/** Reads the deployment's variables and secrets; throws one sentence per thing that is wrong. */
export function readConfig(env: object): Config {
  const parsed = Variables.safeParse(env);
  if (!parsed.success) throw new Error(`Configuration: ${z.prettifyError(parsed.error)}`);
  const variables = parsed.data;
  return {
    isSandbox: variables.MODE === "sandbox",
    publicUrl: new URL(variables.PUBLIC_URL),
    hostSecret: new TextEncoder().encode(variables.HOST_SECRET),
    defaultRegion: variables.DEFAULT_REGION,
    mail: {
      from: variables.MAIL_FROM,
      host: variables.SMTP_HOST,
      port: variables.SMTP_PORT,
      user: variables.SMTP_USER,
      password: variables.SMTP_PASSWORD,
    },
  };
}

const configs = new WeakMap<object, Config>();

/** The settings of this deployment, read once per isolate. */
export function configOf(env: object): Config {
  const known = configs.get(env);
  if (known !== undefined) return known;
  const config = readConfig(env);
  configs.set(env, config);
  return config;
}
