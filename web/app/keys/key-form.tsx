import { Form, Link, useNavigation } from "@remix-run/react";
import type { ReactNode } from "react";
import { SubmitButton } from "../components/button.tsx";
import { Card, CardBody, CardHeader } from "../components/card.tsx";
import { Field, FormError, Select } from "../components/form.tsx";
import { asSentence, type FormRefusal } from "../forms.ts";
import { cn } from "../lib/cn.ts";
import { presetOf, presets, scopeGroups } from "./presets.ts";

type KeyFormProps = {
  accounts: readonly { id: string; name: string }[];
  preset: string;
  idempotencyKey: string;
  refusal: FormRefusal | null;
};

/** What a new key is called, what it may do, for which accounts and for how long. */
export function KeyForm({ accounts, preset, idempotencyKey, refusal }: KeyFormProps) {
  const isPending = useNavigation().formAction?.startsWith("/keys/new") ?? false;
  const ticked = new Set<string>(presetOf(preset).scopes);
  const wrongScopes = refusal?.fields.scopes;
  return (
    <Form method="post" className="max-w-2xl space-y-6">
      <input type="hidden" name="idempotency_key" value={idempotencyKey} />
      <FormError refusal={refusal} />
      <Card>
        <CardBody className="pt-5">
          <Field
            label="Name"
            name="name"
            placeholder="Order service"
            hint="So that you know later which program it belongs to."
            autoComplete="off"
            required
            maxLength={80}
            refusal={refusal}
          />
        </CardBody>
      </Card>
      <Card aria-labelledby="scopes-title">
        <CardHeader
          id="scopes-title"
          title="What it may do"
          description={presetOf(preset).meaning}
        />
        <CardBody className="space-y-5">
          <nav aria-label="Usual choices" className="flex flex-wrap gap-2">
            {presets.map(({ name, label }) => (
              <Link
                key={name}
                to={`?preset=${name}`}
                replace
                preventScrollReset
                aria-current={name === preset ? "true" : undefined}
                className={cn(
                  "rounded-full border border-border px-3.5 py-1.5 text-sm font-medium hover:bg-muted",
                  name === preset &&
                    "border-primary/40 bg-accent text-accent-foreground hover:bg-accent",
                )}
              >
                {label}
              </Link>
            ))}
          </nav>
          {/* Another choice ticks other boxes, so they start anew with it. */}
          <div key={preset} className="space-y-5">
            {scopeGroups.map(({ title, scopes }) => (
              <Group key={title} title={title}>
                {scopes.map(({ scope, meaning }) => (
                  <Tick
                    key={scope}
                    name="scopes"
                    value={scope}
                    isTicked={ticked.has(scope)}
                    label={meaning}
                    hint={scope}
                    isWrong={wrongScopes !== undefined}
                  />
                ))}
              </Group>
            ))}
          </div>
          {wrongScopes === undefined ? null : (
            <p id="scopes-error" className="text-[0.8125rem] text-destructive">
              {asSentence("The scopes", wrongScopes)}
            </p>
          )}
        </CardBody>
      </Card>
      <Card aria-labelledby="bounds-title">
        <CardHeader id="bounds-title" title="Bounds" />
        <CardBody className="space-y-5">
          {accounts.length === 0 ? null : (
            <Group title="Only for these accounts (none ticked means all)">
              {accounts.map(({ id, name }) => (
                <Tick key={id} name="accounts" value={id} isTicked={false} label={name} />
              ))}
            </Group>
          )}
          <div className="max-w-xs">
            <Select label="Expires" name="days" defaultValue="" refusal={refusal}>
              <option value="">Never</option>
              <option value="30">In 30 days</option>
              <option value="90">In 90 days</option>
              <option value="365">In a year</option>
            </Select>
          </div>
        </CardBody>
      </Card>
      <SubmitButton isPending={isPending} pendingLabel="Creating">
        Create the key
      </SubmitButton>
    </Form>
  );
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <fieldset>
      <legend className="mb-2 text-sm font-medium">{title}</legend>
      <div className="grid gap-x-6 gap-y-2 sm:grid-cols-2">{children}</div>
    </fieldset>
  );
}

function Tick({
  name,
  value,
  isTicked,
  label,
  hint,
  isWrong = false,
}: {
  name: string;
  value: string;
  isTicked: boolean;
  label: string;
  hint?: string;
  isWrong?: boolean;
}) {
  return (
    <label className="flex cursor-pointer items-start gap-2.5 text-sm">
      <input
        type="checkbox"
        name={name}
        value={value}
        defaultChecked={isTicked}
        aria-invalid={isWrong || undefined}
        aria-describedby={isWrong ? "scopes-error" : undefined}
        className="mt-0.5 size-4 shrink-0 accent-primary"
      />
      <span className="min-w-0">
        <span className="block [overflow-wrap:anywhere]">{label}</span>
        {hint === undefined ? null : <code className="text-xs text-muted-foreground">{hint}</code>}
      </span>
    </label>
  );
}
