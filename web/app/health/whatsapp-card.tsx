import type { Health, Standing } from "@roost/contract/accounts";
import { Alert } from "../components/alert.tsx";
import { Card, CardBody, CardHeader } from "../components/card.tsx";
import { Fact, Facts } from "../components/facts.tsx";
import { Bar, Meter } from "../components/meter.tsx";
import { Time } from "../components/time.tsx";
import { DAYS_UNTIL_LOGGED_OUT, DAYS_UNTIL_WARNED, daysUnseen } from "./phone-seen.ts";

const capNotes = {
  none: null,
  first_warning: "WhatsApp has warned once.",
  second_warning: "WhatsApp has warned twice. Begin fewer chats.",
  capped: "Used up: WhatsApp lets this number begin no more chats in this cycle.",
} as const;

/** What WhatsApp itself says of the number, and how long its phone has been away. */
export function WhatsAppCard({ health, now }: { health: Health; now: number }) {
  const { whatsapp, phone_seen_at: seenAt } = health;
  return (
    <Card aria-labelledby="whatsapp">
      <CardHeader
        id="whatsapp"
        title="WhatsApp’s own limits"
        description="What WhatsApp says of this number. Roost never works around it."
      />
      <CardBody className="space-y-5">
        <TimeLock lock={whatsapp.time_lock} />
        <Cap cap={whatsapp.new_chat_cap} />
        <PhoneSeen seenAt={seenAt} now={now} />
      </CardBody>
    </Card>
  );
}

function TimeLock({ lock }: { lock: Standing["time_lock"] }) {
  if (lock?.is_active === true) {
    return (
      <Alert tone="warning">
        This number may begin no chats{" "}
        {lock.until === null ? (
          "until WhatsApp lifts it"
        ) : (
          <>
            until <Time at={lock.until} />
          </>
        )}
        . Messages to people who wrote to it go out all the same.
      </Alert>
    );
  }
  return (
    <Facts>
      <Fact label="Beginning chats">{lock === null ? "Nothing said so far" : "Allowed"}</Fact>
    </Facts>
  );
}

function Cap({ cap }: { cap: Standing["new_chat_cap"] }) {
  if (cap === null) return null;
  const note = capNotes[cap.status];
  return (
    <div>
      <Meter
        label="New chats in WhatsApp’s cycle"
        used={cap.used}
        limit={cap.total}
        isLow={note !== null}
      />
      {note === null && cap.cycle_end === null ? null : (
        <p className="mt-1.5 text-[0.8125rem] text-pretty text-muted-foreground">
          {note}{" "}
          {cap.cycle_end === null ? null : (
            <>
              The cycle ends on <Time at={cap.cycle_end} />.
            </>
          )}
        </p>
      )}
    </div>
  );
}

/** WhatsApp unlinks companions of a phone that stays away for 14 days. */
function PhoneSeen({ seenAt, now }: { seenAt: string | null; now: number }) {
  if (seenAt === null) {
    return (
      <Facts>
        <Fact label="Phone last online">Not known yet</Fact>
      </Facts>
    );
  }
  const days = daysUnseen(seenAt, now);
  return (
    <div>
      <Facts>
        <Fact label="Phone last online">
          <Time at={seenAt} />
        </Fact>
      </Facts>
      <Bar
        used={days}
        limit={DAYS_UNTIL_LOGGED_OUT}
        isLow={days >= DAYS_UNTIL_WARNED}
        className="mt-1.5"
      />
      <p className="mt-1.5 text-[0.8125rem] text-pretty text-muted-foreground">
        {sinceWords(days)} After {DAYS_UNTIL_LOGGED_OUT} days without it, WhatsApp logs Roost out.
      </p>
    </div>
  );
}

function sinceWords(days: number): string {
  if (days === 0) return "Seen within the last day.";
  return days === 1 ? "A day ago." : `${days} days ago.`;
}
