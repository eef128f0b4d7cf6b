import { Form, useNavigation } from "@remix-run/react";
import type { Limits } from "@roost/contract/accounts";
import type { ReactNode } from "react";
import { SubmitButton } from "../components/button.tsx";
import { Card, CardBody, CardHeader } from "../components/card.tsx";
import { Checkbox, Field, FormError, Select } from "../components/form.tsx";
import { useTimeZone } from "../components/time.tsx";
import type { FormRefusal } from "../forms.ts";
import { valuesOf } from "./limits-values.ts";

type Zones = { region: string; zones: string[] }[];

/** How fast the account may send, and when. */
export function LimitsCard({
  limits,
  zones,
  refusal,
  done,
}: {
  limits: Limits;
  zones: Zones;
  refusal: FormRefusal | null;
  done: string | null;
}) {
  const isPending = useNavigation().formData?.get("intent") === "limits";
  const values = valuesOf(limits, useTimeZone());
  const field = (name: string) => ({ name, refusal, defaultValue: values[name] });
  const count = { type: "number", inputMode: "numeric", required: true } as const;
  const seconds = {
    type: "number",
    inputMode: "decimal",
    step: "any",
    min: 0,
    required: true,
  } as const;
  // A box that was not ticked is not among what was typed.
  const isTicked = (name: string): boolean => (refusal?.values ?? values)[name] === "on";
  return (
    <Card aria-labelledby="limits-title" id="limits" className="scroll-mt-6">
      <CardHeader
        id="limits-title"
        title="Limits"
        description="The slower and the steadier, the safer the number. The defaults are good for most."
      />
      <CardBody>
        <Form method="post" preventScrollReset className="space-y-7">
          <FormError refusal={refusal} />
          <input type="hidden" name="intent" value="limits" />
          <Group title="At most" hint="Messages within any minute, hour and day.">
            <div className="grid gap-4 sm:grid-cols-3">
              <Field label="Per minute" min={1} {...count} {...field("per_minute")} />
              <Field label="Per hour" min={1} {...count} {...field("per_hour")} />
              <Field label="Per day" min={1} {...count} {...field("per_day")} />
            </div>
          </Group>
          <Group
            title="Room for replies"
            hint="How many percent of the above the other lanes may use. The rest is kept for people who wrote to you."
          >
            <div className="grid grid-cols-2 gap-4 sm:grid-cols-3">
              <Field label="Direct, %" min={1} max={100} {...count} {...field("share_direct")} />
              <Field
                label="Campaign, %"
                min={1}
                max={100}
                {...count}
                {...field("share_campaign")}
              />
            </div>
          </Group>
          <Group
            title="New chats"
            hint="First messages to people who never wrote to this number. It is what WhatsApp restricts numbers for."
          >
            <div className="grid gap-4 sm:grid-cols-3">
              <Field label="Per day" min={0} {...count} {...field("new_chats_per_day")} />
            </div>
            <Checkbox
              name="warm_up"
              label="Warm up a new number"
              hint="It begins with a few chats a day, and more from day to day while its health is good."
              isTicked={isTicked("warm_up")}
            />
          </Group>
          <Group
            title="Pauses"
            hint="A person does not write like a machine. In seconds, by chance in between."
          >
            <div className="grid gap-4 sm:grid-cols-2">
              <Field label="Pause, at least" {...seconds} {...field("gap_min")} />
              <Field
                label="Pause, at most"
                subject="The pause"
                {...seconds}
                {...field("gap_max")}
              />
              <Field label="Campaign pause, at least" {...seconds} {...field("campaign_gap_min")} />
              <Field
                label="Campaign pause, at most"
                subject="The pause"
                {...seconds}
                {...field("campaign_gap_max")}
              />
              <Field
                label="Typing, ms per character"
                min={0}
                {...count}
                {...field("typing_per_character")}
              />
              <Field label="Typing, at most" {...seconds} {...field("typing_max")} />
            </div>
          </Group>
          <Group title="Quiet hours" hint="Replies go out all the same, everything else waits.">
            <Checkbox name="quiet" label="Keep quiet hours" isTicked={isTicked("quiet")} />
            <div className="grid grid-cols-2 gap-4 sm:grid-cols-[9rem_9rem_1fr]">
              <Field label="From" type="time" required {...field("quiet_start")} />
              <Field label="Until" type="time" required {...field("quiet_end")} />
              <div className="col-span-2 sm:col-span-1">
                <Select label="Time zone" {...field("quiet_zone")}>
                  {zones.map(({ region, zones }) => (
                    <optgroup key={region} label={region}>
                      {zones.map((zone) => (
                        <option key={zone} value={zone}>
                          {zone.replaceAll("_", " ")}
                        </option>
                      ))}
                    </optgroup>
                  ))}
                </Select>
              </div>
            </div>
          </Group>
          <div className="flex flex-wrap items-center gap-4">
            <SubmitButton isPending={isPending} pendingLabel="Saving">
              Save the limits
            </SubmitButton>
            <output className="text-sm text-muted-foreground">{done}</output>
          </div>
        </Form>
      </CardBody>
    </Card>
  );
}

/** Fields that belong together. */
function Group({ title, hint, children }: { title: string; hint: string; children: ReactNode }) {
  return (
    // A border of the fieldset itself would run through its legend.
    <div className="border-t border-border pt-5">
      <fieldset className="space-y-3">
        <legend className="text-sm font-semibold">{title}</legend>
        <p className="-mt-2 text-[0.8125rem] text-pretty text-muted-foreground">{hint}</p>
        {children}
      </fieldset>
    </div>
  );
}
