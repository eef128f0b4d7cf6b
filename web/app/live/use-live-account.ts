import type { Account } from "@roost/contract/accounts";
import type { AccountData } from "@roost/contract/events";
import { useState } from "react";
import { useLiveEvents } from "./live-events.tsx";

/** The account that the page was loaded with, with what the stream told since. */
export function useLiveAccount(listed: Account): Account {
  const [seen, setSeen] = useState<{ over: Account; told: AccountData } | null>(null);
  useLiveEvents((event) => {
    if (event.account !== listed.id || !event.type.startsWith("account.")) return;
    // The type says what the data is; TypeScript cannot see it through the prefix.
    setSeen({ over: listed, told: event.data as AccountData });
  });
  // A list loaded after the event knows better.
  return seen !== null && seen.over === listed ? { ...listed, ...seen.told } : listed;
}
