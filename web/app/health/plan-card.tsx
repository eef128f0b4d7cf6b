import type { Health } from "@roost/contract/accounts";
import { Card, CardBody, CardHeader } from "../components/card.tsx";
import { Fact, Facts } from "../components/facts.tsx";
import { Meter } from "../components/meter.tsx";
import { Time } from "../components/time.tsx";

/** What the tenant's plan leaves, and whether it is quiet just now. */
export function PlanCard({ health: { plan, quiet_until: quietUntil } }: { health: Health }) {
  return (
    <Card aria-labelledby="plan">
      <CardHeader id="plan" title="Plan and quiet hours" />
      <CardBody className="space-y-5">
        {plan === null ? (
          <Facts>
            <Fact label="Messages of your plan">Unlimited</Fact>
          </Facts>
        ) : (
          <div>
            <Meter label="Messages of your plan" used={plan.used} limit={plan.limit} />
            <p className="mt-1.5 text-[0.8125rem] text-muted-foreground">
              Counted for all your accounts together, anew on <Time at={plan.renews_at} />.
            </p>
          </div>
        )}
        <Facts>
          <Fact
            label="Quiet hours"
            note={quietUntil === null ? undefined : "Replies go out, everything else waits."}
          >
            {quietUntil === null ? (
              "Not now"
            ) : (
              <>
                Until <Time at={quietUntil} />
              </>
            )}
          </Fact>
        </Facts>
      </CardBody>
    </Card>
  );
}
