import { Form, Link, useNavigation, useSearchParams } from "@remix-run/react";
import { AlertDialog } from "radix-ui";
import { type ReactNode, useRef } from "react";
import { useHydrated } from "../lib/use-hydrated.ts";
import { Button, buttonStyles, SubmitButton } from "./button.tsx";

type ConfirmProps = {
  /** Names the question in the address, so that it can be asked without JavaScript too. */
  name: string;
  trigger: string;
  title: string;
  children: ReactNode;
  confirm: string;
  pendingLabel: string;
  /** What is posted when the person agrees. */
  fields: Record<string, string>;
  /** How the question is left without doing it; “Cancel” unless that is what would be done. */
  leave?: string;
  size?: "default" | "small";
  /** `quiet` where there is one beside each thing of a list. */
  look?: "destructive" | "quiet";
};

/** Asks before something that cannot be undone. */
export function ConfirmDialog({
  name,
  trigger,
  size = "default",
  look = "destructive",
  ...question
}: ConfirmProps) {
  const [search, setSearch] = useSearchParams();
  const asked = useRef<HTMLAnchorElement>(null);
  const leave = (): void => setSearch(without, { replace: true, preventScrollReset: true });
  return (
    <>
      <Button asChild variant={look === "quiet" ? "outline" : look} size={size}>
        <Link ref={asked} to={`?${asking(search, name)}`} replace preventScrollReset>
          {trigger}
        </Link>
      </Button>
      <QuestionDialog
        {...question}
        isAsked={search.get("confirm") === name}
        onLeave={leave}
        onClosed={() => asked.current?.focus()}
      />
    </>
  );
}

/** The question alone, for what is asked by something else than a press on its own button. */
export function QuestionDialog({
  isAsked,
  onLeave,
  onClosed,
  ...question
}: Question & { isAsked: boolean; onLeave: () => void; onClosed: () => void }) {
  const isHydrated = useHydrated();
  if (!isHydrated) {
    // Read by browsers without JavaScript alone: in others nothing moves when the dialog opens.
    return <noscript>{isAsked ? <Inline {...question} /> : null}</noscript>;
  }
  return (
    <AlertDialog.Root open={isAsked} onOpenChange={(isOpen) => (isOpen ? undefined : onLeave())}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="fixed inset-0 z-40 bg-black/45 backdrop-blur-[2px]" />
        <AlertDialog.Content
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            onClosed();
          }}
          className="fixed top-1/2 left-1/2 z-50 w-[min(28rem,calc(100vw-2rem))] -translate-x-1/2 -translate-y-1/2 rounded-xl border border-border bg-card p-6 shadow-xl"
        >
          <AlertDialog.Title className="text-lg font-semibold tracking-tight">
            {question.title}
          </AlertDialog.Title>
          <AlertDialog.Description className="mt-2 text-sm text-pretty text-muted-foreground">
            {question.children}
          </AlertDialog.Description>
          <Answer {...question}>
            <AlertDialog.Cancel className={buttonStyles({ variant: "outline" })}>
              {question.leave ?? "Cancel"}
            </AlertDialog.Cancel>
          </Answer>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}

type Question = Omit<ConfirmProps, "name" | "trigger" | "size" | "look">;

/** The address with the question in it; whatever else it says stays. */
function asking(search: URLSearchParams, name: string): string {
  const asked = without(search);
  asked.set("confirm", name);
  return asked.toString();
}

function without(search: URLSearchParams): URLSearchParams {
  const left = new URLSearchParams(search);
  left.delete("confirm");
  return left;
}

/** The same question in the page, for browsers without JavaScript. */
function Inline(question: Question) {
  const [search] = useSearchParams();
  return (
    <div className="mt-4 w-full rounded-lg border border-destructive/40 p-4">
      <p className="font-semibold">{question.title}</p>
      <p className="mt-1 text-sm text-muted-foreground">{question.children}</p>
      <Answer {...question}>
        <Link to={`?${without(search)}`} className={buttonStyles({ variant: "outline" })}>
          {question.leave ?? "Cancel"}
        </Link>
      </Answer>
    </div>
  );
}

function Answer({
  fields,
  confirm,
  pendingLabel,
  children,
}: Pick<Question, "fields" | "confirm" | "pendingLabel"> & { children: ReactNode }) {
  const isPending = useNavigation().formData?.get("intent") === fields.intent;
  return (
    <Form method="post" className="mt-6 flex flex-wrap justify-end gap-3">
      {Object.entries(fields).map(([field, value]) => (
        <input key={field} type="hidden" name={field} value={value} />
      ))}
      {children}
      <SubmitButton variant="destructiveSolid" isPending={isPending} pendingLabel={pendingLabel}>
        {confirm}
      </SubmitButton>
    </Form>
  );
}
