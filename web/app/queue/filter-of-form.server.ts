import type { MessageFilter } from "@roost/contract/queue";
import { textOf } from "../forms.server.ts";
import { barePhone } from "../lib/phone.ts";

const HOUR_MS = 3_600_000;

/**
 * What a form asks for, as the API's filter. An empty field says nothing; a form without any makes an
 * empty filter, which the API refuses. What is no lane or no state goes on as it is, for the API to
 * refuse: left out it would mean more messages than were asked for.
 */
export function filterOf(form: FormData, now: number): MessageFilter {
  const said = (name: string): string | undefined => textOf(form, name).trim() || undefined;
  const list = (name: string): string[] | undefined => said(name)?.split(",");
  const to = said("to");
  const hours = said("older_than");
  const filter = {
    ids: list("ids"),
    state: list("state"),
    lane: said("lane"),
    to: to === undefined ? undefined : barePhone(to),
    client_reference: said("client_reference"),
    error_code: said("error_code"),
    created_until: hours === undefined ? said("created_until") : hoursAgo(Number(hours), now),
  };
  const named = Object.entries(filter).filter(([, value]) => value !== undefined);
  // The API's own schema decides whether it is one.
  return Object.fromEntries(named) as MessageFilter;
}

/** Not a time where the hours are none, so that the API says so. */
function hoursAgo(hours: number, now: number): string {
  return hours >= 0 ? new Date(now - hours * HOUR_MS).toISOString() : "";
}
