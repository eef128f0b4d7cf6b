import { Label } from "radix-ui";
import { type ComponentProps, type ReactNode, useEffect, useId, useRef } from "react";
import { cn } from "../lib/cn.ts";
import { asSentence, type FormRefusal } from "../forms.ts";
import { Alert } from "./alert.tsx";

const control =
  "w-full rounded-lg border border-input bg-card px-3 text-base shadow-xs transition-colors aria-invalid:border-destructive sm:text-sm";

type FieldProps = {
  label: string;
  name: string;
  hint?: ReactNode;
  /** How a sentence about it begins, where the label would not do. */
  subject?: string;
  /** Where the label would only repeat what is plain to see. */
  isLabelHidden?: boolean;
  refusal: FormRefusal | null;
};

/** A labelled input with its hint, and what was wrong with it. */
export function Field({
  label,
  name,
  hint,
  subject = label,
  isLabelHidden = false,
  refusal,
  className,
  defaultValue,
  ...props
}: FieldProps & ComponentProps<"input">) {
  const field = useField(subject, name, hint, refusal);
  return (
    <FieldFrame {...field} label={label} hint={hint} isLabelHidden={isLabelHidden}>
      <input
        {...field.control}
        name={name}
        defaultValue={refusal?.values[name] ?? defaultValue}
        className={cn(control, "h-10", className)}
        {...props}
      />
    </FieldFrame>
  );
}

export function TextArea({
  label,
  name,
  hint,
  subject = label,
  isLabelHidden = false,
  refusal,
  className,
  defaultValue,
  ...props
}: FieldProps & ComponentProps<"textarea">) {
  const field = useField(subject, name, hint, refusal);
  return (
    <FieldFrame {...field} label={label} hint={hint} isLabelHidden={isLabelHidden}>
      <textarea
        {...field.control}
        name={name}
        defaultValue={refusal?.values[name] ?? defaultValue}
        className={cn(control, "field-sizing-content min-h-20 py-2", className)}
        {...props}
      />
    </FieldFrame>
  );
}

export function Select({
  label,
  name,
  hint,
  subject = label,
  isLabelHidden = false,
  refusal,
  className,
  defaultValue,
  ...props
}: FieldProps & ComponentProps<"select">) {
  const field = useField(subject, name, hint, refusal);
  return (
    <FieldFrame {...field} label={label} hint={hint} isLabelHidden={isLabelHidden}>
      <select
        {...field.control}
        name={name}
        defaultValue={refusal?.values[name] ?? defaultValue}
        className={cn(control, "h-10", className)}
        {...props}
      />
    </FieldFrame>
  );
}

/** Something that is so or not. Unticked it is not posted at all. */
export function Checkbox({
  label,
  name,
  hint,
  isTicked,
}: {
  label: string;
  name: string;
  hint?: string;
  isTicked: boolean;
}) {
  const id = useId();
  return (
    <div className="flex gap-3">
      <input
        id={id}
        type="checkbox"
        name={name}
        defaultChecked={isTicked}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        className="mt-0.5 size-4.5 shrink-0 cursor-pointer accent-primary"
      />
      <div className="min-w-0">
        <Label.Root htmlFor={id} className="block cursor-pointer text-sm leading-5 font-medium">
          {label}
        </Label.Root>
        {hint === undefined ? null : (
          <p id={`${id}-hint`} className="text-[0.8125rem] leading-5 text-muted-foreground">
            {hint}
          </p>
        )}
      </div>
    </div>
  );
}

function useField(subject: string, name: string, hint: ReactNode, refusal: FormRefusal | null) {
  const id = useId();
  const message = refusal?.fields[name];
  const error = message === undefined ? undefined : asSentence(subject, message);
  const described = [
    hint === undefined ? null : `${id}-hint`,
    error === undefined ? null : `${id}-error`,
  ].filter((part) => part !== null);
  return {
    id,
    error,
    control: {
      id,
      "aria-invalid": error === undefined ? undefined : true,
      "aria-describedby": described.length === 0 ? undefined : described.join(" "),
    },
  };
}

function FieldFrame({
  id,
  label,
  hint,
  error,
  isLabelHidden,
  children,
}: {
  id: string;
  label: string;
  hint: ReactNode;
  error: string | undefined;
  isLabelHidden: boolean;
  children: ReactNode;
}) {
  return (
    <div className="min-w-0 space-y-1.5">
      <Label.Root
        htmlFor={id}
        className={isLabelHidden ? "sr-only" : "block text-sm leading-5 font-medium"}
      >
        {label}
      </Label.Root>
      {children}
      {hint === undefined ? null : (
        <p id={`${id}-hint`} className="text-[0.8125rem] leading-5 text-muted-foreground">
          {hint}
        </p>
      )}
      {error === undefined ? null : (
        <p id={`${id}-error`} className="text-[0.8125rem] leading-5 text-destructive">
          {error}
        </p>
      )}
    </div>
  );
}

/** Why the form was refused. Moves the focus to what must be changed, or itself into sight. */
export function FormError({ refusal }: { refusal: FormRefusal | null }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (refusal === null) return;
    const form = place.current?.closest("form");
    const wrong = form?.querySelector<HTMLElement>("[aria-invalid=true]");
    if (wrong) wrong.focus();
    else place.current?.scrollIntoView({ block: "nearest" });
  }, [refusal]);
  return (
    <div ref={place} className={refusal === null ? "hidden" : "scroll-my-20"}>
      {refusal === null ? null : (
        <Alert tone="bad" isUrgent>
          {refusal.detail}
        </Alert>
      )}
    </div>
  );
}
