import { Form, Link, useNavigation } from "@remix-run/react";
import type { Account, LinkAttempt } from "@roost/contract/accounts";
import { LoaderCircle, QrCode as QrIcon, Smartphone } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { Alert } from "../components/alert.tsx";
import { Button, SubmitButton } from "../components/button.tsx";
import { Card, CardBody, CardHeader } from "../components/card.tsx";
import { CountdownRing } from "../components/countdown-ring.tsx";
import { Field, FormError } from "../components/form.tsx";
import { QrCode } from "../components/qr-code.tsx";
import type { FormRefusal } from "../forms.ts";
import { useIsLive, useRefresh } from "../live/live-events.tsx";
import { countdown } from "./countdown.ts";
import { useServerClock } from "./use-server-clock.ts";

type LinkPanelProps = {
  account: Account;
  attempt: LinkAttempt | null;
  now: number;
  refusal: FormRefusal | null;
};

/** Links a phone to the account: by QR code, or by a code typed on the phone. */
export function LinkPanel({ account, attempt, now, refusal }: LinkPanelProps) {
  const isOngoing = attempt !== null && isWaiting(attempt);
  return (
    <Card aria-labelledby="link-title" className="overflow-hidden">
      <CardHeader
        id="link-title"
        title={account.phone === null ? "Link a phone" : "Link the phone again"}
        description="Roost becomes one of the phone's linked devices, as WhatsApp Web does. The phone stays as it is."
      />
      <CardBody>
        {isOngoing ? (
          <Ongoing attempt={attempt} now={now} />
        ) : (
          <Begin attempt={attempt} refusal={refusal} />
        )}
      </CardBody>
    </Card>
  );
}

export function isWaiting(attempt: LinkAttempt): boolean {
  return !["linked", "expired", "failed"].includes(attempt.state);
}

function Begin({ attempt, refusal }: { attempt: LinkAttempt | null; refusal: FormRefusal | null }) {
  const pending = useNavigation().formData?.get("method");
  const wantsCode = refusal?.values.method === "code" || attempt?.method === "code";
  return (
    <div className="space-y-6">
      {attempt?.error ? <Alert tone="warning">{attempt.error.sentence}</Alert> : null}
      {refusal !== null && !wantsCode ? <FormError refusal={refusal} /> : null}
      <Sides
        code={
          <Form
            method="post"
            preventScrollReset
            className="flex size-full flex-col items-center justify-center gap-5 rounded-xl border border-dashed border-input"
          >
            <QrIcon aria-hidden strokeWidth={1.25} className="size-16 text-muted-foreground" />
            <input type="hidden" name="intent" value="link" />
            <input type="hidden" name="method" value="qr" />
            <SubmitButton isPending={pending === "qr"} pendingLabel="Asking WhatsApp for a code">
              Show the QR code
            </SubmitButton>
          </Form>
        }
      >
        <Steps isCode={false} />
        <details open={wantsCode} className="rounded-lg border border-border">
          <summary className="cursor-pointer rounded-lg px-4 py-3 text-sm font-medium hover:bg-muted">
            No camera at hand? Use a pairing code
          </summary>
          <Form method="post" preventScrollReset className="space-y-4 px-4 pt-1 pb-4">
            <input type="hidden" name="intent" value="link" />
            <input type="hidden" name="method" value="code" />
            {wantsCode ? <FormError refusal={refusal} /> : null}
            <Field
              label="Phone number"
              name="phone"
              type="tel"
              inputMode="tel"
              autoComplete="off"
              placeholder="+5511987654321"
              hint="The number of the WhatsApp on the phone, with its country code."
              required
              refusal={refusal}
            />
            <SubmitButton
              variant="outline"
              isPending={pending === "code"}
              pendingLabel="Asking WhatsApp for a code"
            >
              <Smartphone aria-hidden />
              Get a pairing code
            </SubmitButton>
          </Form>
        </details>
      </Sides>
    </div>
  );
}

/** The code and what to do with it: in the same places before, during and after. */
function Sides({ code, children }: { code: ReactNode; children: ReactNode }) {
  return (
    <div className="grid items-start gap-x-8 gap-y-6 sm:grid-cols-[17rem_minmax(0,1fr)]">
      <div className="mx-auto aspect-square w-full max-w-68">{code}</div>
      <div className="min-w-0 space-y-5">{children}</div>
    </div>
  );
}

function Ongoing({ attempt, now: loadedAt }: { attempt: LinkAttempt; now: number }) {
  const expiresAt = attempt.expires_at === null ? null : Date.parse(attempt.expires_at);
  const now = useServerClock(loadedAt, true);
  const [seen, setSeen] = useState({ expiresAt, at: loadedAt });
  if (seen.expiresAt !== expiresAt) setSeen({ expiresAt, at: loadedAt });
  const left = expiresAt === null ? null : countdown(expiresAt, seen.at, now);
  useRenewal(attempt.state === "starting" || (left?.isOver ?? false));
  const isCode = attempt.method === "code";

  return (
    <Sides
      code={
        <div className="flex size-full items-center justify-center rounded-xl border border-border bg-white p-1.5 text-[#0b1512]">
          <Display attempt={attempt} />
        </div>
      }
    >
      <Steps isCode={isCode} />
      <div className="flex min-h-9 items-center gap-3 text-sm text-muted-foreground">
        {left === null ? null : <CountdownRing {...left} />}
        <output>{statusOf(attempt)}</output>
      </div>
      <div className="flex flex-wrap items-center gap-4">
        <Form method="post" preventScrollReset>
          <input type="hidden" name="intent" value="cancel-link" />
          <Button type="submit" variant="outline" size="small">
            Cancel
          </Button>
        </Form>
        <noscript>
          <Link to="?" className="text-sm font-medium text-primary underline">
            Refresh: show the present code
          </Link>
        </noscript>
      </div>
    </Sides>
  );
}

function statusOf({ state, method }: LinkAttempt): string {
  if (state === "starting") return "Asking WhatsApp for a code …";
  if (state === "linking") return "The phone answered. Linking …";
  if (method === "code") return "Waiting for the code to be typed on the phone.";
  return "Waiting for the scan. The code renews itself.";
}

function Display({ attempt }: { attempt: LinkAttempt }): ReactNode {
  if (attempt.state === "waiting_for_scan" && attempt.qr !== null) {
    return <QrCode text={attempt.qr} label="QR code to scan with WhatsApp on the phone" />;
  }
  if (attempt.state === "waiting_for_code" && attempt.code !== null) {
    const { code } = attempt;
    return (
      <p className="text-center font-mono text-3xl font-semibold tracking-widest">
        <span className="sr-only">Pairing code: </span>
        {code.slice(0, 4)}
        <wbr />-{code.slice(4)}
      </p>
    );
  }
  return <LoaderCircle aria-hidden className="size-8 animate-spin opacity-40" />;
}

function Steps({ isCode }: { isCode: boolean }) {
  const steps = isCode
    ? [
        "Open WhatsApp on the phone.",
        "Go to Settings, Linked devices, Link a device.",
        "Choose “Link with phone number instead” and type the code.",
      ]
    : [
        "Open WhatsApp on the phone.",
        "Go to Settings, Linked devices, Link a device.",
        "Point the phone at this code.",
      ];
  return (
    <ol className="space-y-2.5 text-sm">
      {steps.map((step, index) => (
        <li key={step} className="flex gap-3">
          <span
            aria-hidden
            className="flex size-5.5 shrink-0 items-center justify-center rounded-full bg-accent text-xs font-semibold text-accent-foreground"
          >
            {index + 1}
          </span>
          <span>{step}</span>
        </li>
      ))}
    </ol>
  );
}

const RENEWAL_POLL_MS = 2_000;

/** Asks again while something is due, and while no event could tell because the stream is away. */
function useRenewal(isDue: boolean): void {
  const refresh = useRefresh();
  const mustAsk = !useIsLive() || isDue;
  useEffect(() => {
    if (!mustAsk) return undefined;
    const timer = setInterval(refresh, RENEWAL_POLL_MS);
    return () => clearInterval(timer);
  }, [mustAsk, refresh]);
}
