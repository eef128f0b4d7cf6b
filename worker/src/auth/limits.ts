import type { System } from "../context.ts";
import { bucket } from "./throttle.ts";
import type { Visitor } from "./visitor.ts";

/**
 * What a login is counted by. `pair` is this address trying this person; `account` is everybody
 * trying this person, and holds only addresses where the person never proved who they are: a stranger
 * who keeps guessing slows down other strangers, not the owner.
 */
export function loginBuckets(system: System, { address }: Visitor, email: string) {
  return {
    pair: bucket(system, `login ${email} ${address}`, { free: 5, stepMs: 1_000 }),
    address: bucket(system, `login from ${address}`, { free: 50, stepMs: 1_000 }),
    account: bucket(system, `login to ${email}`, { free: 20, stepMs: 1_000 }),
  };
}

/**
 * What anything that sends a mail is counted by. Counted by the address as typed, whether or not it
 * has an account, so that the refusal tells nothing.
 */
export function mailBuckets(system: System, { address }: Visitor, email: string) {
  return [
    bucket(system, `mail ${email} ${address}`, { free: 4, stepMs: 30_000 }),
    bucket(system, `mail from ${address}`, { free: 30, stepMs: 10_000 }),
    bucket(system, `mail to ${email}`, { free: 12, stepMs: 30_000 }),
  ];
}

/** What trying a link's token is counted by, where each try costs us a hash. */
export function tokenBuckets(system: System, { address }: Visitor) {
  return [bucket(system, `token from ${address}`, { free: 30, stepMs: 5_000 })];
}
