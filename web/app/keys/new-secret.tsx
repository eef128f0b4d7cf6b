import { Link } from "@remix-run/react";
import type { CreatedKey } from "@roost/contract/keys";
import { Alert } from "../components/alert.tsx";
import { Button } from "../components/button.tsx";
import { Card, CardBody, CardHeader } from "../components/card.tsx";
import { CodeBlock } from "../components/code-block.tsx";
import { CopyButton } from "../components/copy-button.tsx";

/** A new key's secret: here, now, and never again. */
export function NewSecret({
  created,
  origin,
  account,
}: {
  created: CreatedKey;
  origin: string;
  account: { id: string } | undefined;
}) {
  const canSend = created.scopes.includes("messages:send");
  return (
    <div className="max-w-2xl space-y-6">
      <Card>
        <CardBody className="space-y-4 pt-5">
          <Alert tone="warning" isUrgent>
            Copy the key now. It is not shown again: Roost keeps only its fingerprint.
          </Alert>
          <div className="flex flex-wrap items-center gap-3">
            <code
              aria-label="The key"
              data-secret
              className="min-w-0 flex-1 basis-64 rounded-lg border border-border bg-muted px-3 py-2.5 font-mono text-[0.8125rem] break-all select-all"
            >
              {created.secret}
            </code>
            <CopyButton text={created.secret} what="the key" />
          </div>
        </CardBody>
      </Card>
      {canSend ? (
        <Card aria-labelledby="try-title">
          <CardHeader
            id="try-title"
            title="Try it"
            description="Put the key where your program reads it, and a number of yours into the example."
          />
          <CardBody>
            <CodeBlock
              label="Example with curl"
              code={exampleFor(origin, account?.id ?? "acc_…")}
            />
          </CardBody>
        </Card>
      ) : null}
      <Button asChild variant="outline">
        <Link to="/keys">I have copied it</Link>
      </Button>
    </div>
  );
}

function exampleFor(origin: string, account: string): string {
  return `curl ${origin}/v1/messages \\
  -H "Authorization: Bearer $ROOST_KEY" \\
  -H "Idempotency-Key: $(uuidgen)" \\
  -H "Content-Type: application/json" \\
  -d '{"account": "${account}",
       "to": "+5511987654321",
       "text": {"body": "hello"}}'`;
}
