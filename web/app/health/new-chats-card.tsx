import type { Health, WarmUp } from "@roost/contract/accounts";
import { Card, CardBody, CardHeader } from "../components/card.tsx";
import { Meter } from "../components/meter.tsx";
import { Time } from "../components/time.tsx";
import { cn } from "../lib/cn.ts";
import { formatCount } from "../lib/numbers.ts";

/** First messages to strangers, which WhatsApp watches most: how many are left, and the ladder. */
export function NewChatsCard({
  health: { new_chats: newChats, warm_up: warmUp },
}: {
  health: Health;
}) {
  return (
    <Card aria-labelledby="new-chats">
      <CardHeader
        id="new-chats"
        title="New chats"
        description="First messages to people who never wrote to this number, within 24 hours."
      />
      <CardBody className="space-y-5">
        <Meter label="Begun" used={newChats.used} limit={newChats.limit} />
        {warmUp === null ? (
          <p className="text-sm text-pretty text-muted-foreground">
            This number is not warming up, so only the limit above counts.
          </p>
        ) : (
          <Ladder warmUp={warmUp} />
        )}
      </CardBody>
    </Card>
  );
}

/** Each step allows more new chats a day than the one before. */
function Ladder({ warmUp }: { warmUp: WarmUp }) {
  const { stage, stages, new_chats_per_day: perDay } = warmUp;
  const steps = Array.from({ length: stages }, (_, index) => index + 1);
  return (
    <div>
      <h3 className="text-sm font-medium">
        Warming up: step {stage} of {stages}
      </h3>
      <div aria-hidden className="mt-3 flex h-14 items-end gap-1">
        {steps.map((step) => (
          <span
            key={step}
            style={{ height: `${20 + (step / stages) * 80}%` }}
            className={cn(
              "flex-1 rounded-sm",
              step < stage && "bg-primary/35",
              step === stage && (warmUp.is_held_back ? "bg-warning" : "bg-primary"),
              step > stage && "bg-muted",
            )}
          />
        ))}
      </div>
      <p className="mt-3 text-sm text-pretty text-muted-foreground">
        A new number begins slowly: {formatCount(perDay)} new {perDay === 1 ? "chat" : "chats"} a
        day for now. <Next warmUp={warmUp} />
      </p>
    </div>
  );
}

function Next({ warmUp }: { warmUp: WarmUp }) {
  if (warmUp.is_held_back) {
    return (
      <span className="text-warning">The next step waits until the health is good again.</span>
    );
  }
  if (warmUp.next_stage_at === null) return null;
  return (
    <>
      The next step comes on <Time at={warmUp.next_stage_at} /> if the health stays good.
    </>
  );
}
