import type { HostDetail } from "@roost/contract/admin";
import { Smartphone } from "lucide-react";
import { Badge } from "../components/badge.tsx";
import { Card, CardHeader } from "../components/card.tsx";
import { EmptyState } from "../components/empty-state.tsx";
import { Time } from "../components/time.tsx";
import { hostedWords } from "./host-words.ts";

/** The accounts whose connections this host holds. */
export function HostedCard({ host }: { host: HostDetail }) {
  const { hosted } = host;
  return (
    <Card aria-labelledby="hosted" className="overflow-hidden">
      <CardHeader
        id="hosted"
        title="Accounts"
        description={hosted.length < host.accounts ? `The first ${hosted.length}.` : undefined}
      />
      {hosted.length === 0 ? (
        <div className="border-t border-border">
          <EmptyState icon={Smartphone} title="No accounts here">
            {host.state === "up"
              ? "It takes the next ones that need a host."
              : "It takes none as long as it is not up."}
          </EmptyState>
        </div>
      ) : (
        <ul aria-label="Accounts" className="divide-y divide-border border-t border-border">
          {hosted.map(({ id, tenant, state, since }) => (
            <li
              key={id}
              className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1.5 px-5 py-3"
            >
              <div className="min-w-0 font-mono text-[0.8125rem] [overflow-wrap:anywhere]">
                <p>{id}</p>
                <p className="text-muted-foreground">{tenant ?? "tenant not noted"}</p>
              </div>
              <div className="flex items-center gap-3 text-[0.8125rem] text-muted-foreground">
                {since === null ? null : (
                  <span>
                    since <Time at={since} />
                  </span>
                )}
                <Badge tone={hostedWords[state].tone}>{hostedWords[state].label}</Badge>
              </div>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
