import type { PhoneSeenReport, StandingReport } from "@roost/contract/host";
import type { StoredAccount } from "../stored.ts";

type Facts = Pick<StoredAccount, "standing" | "phoneSeenAt" | "coldClosedUntil">;

/** What is known of the number after a report; what the report leaves out stays as it was. */
export function factsAfter(
  { standing, phoneSeenAt }: Facts,
  report: StandingReport | PhoneSeenReport,
  now: number,
): Facts {
  if (report.kind === "phone_seen") {
    // A host's clock may be ahead; a phone that is seen tomorrow would be missed a day late.
    return { phoneSeenAt: Math.max(phoneSeenAt ?? 0, Math.min(report.at, now)) };
  }
  const wasLocked = standing?.timeLock?.is_active ?? false;
  return {
    // When WhatsApp lifts its lock, what was refused because of it is refused no more.
    ...(wasLocked && report.time_lock?.is_active === false ? { coldClosedUntil: null } : {}),
    standing: {
      timeLock: report.time_lock ?? standing?.timeLock ?? null,
      newChatCap: report.new_chat_cap ?? standing?.newChatCap ?? null,
      ...(report.new_chat_cap === null ? keptCapTime(standing) : { capToldAt: now }),
    },
  };
}

function keptCapTime(standing: Facts["standing"]): { capToldAt?: number } {
  return standing?.capToldAt === undefined ? {} : { capToldAt: standing.capToldAt };
}
