import type { MessageState } from "@roost/contract/messages";
import { Ticks } from "../components/ticks.tsx";

const states: readonly { state: MessageState; at: string; meaning: string }[] = [
  { state: "accepted", at: "11:22:18.004", meaning: "on disk, its WhatsApp id fixed" },
  { state: "sent", at: "11:22:18.061", meaning: "WhatsApp acknowledged it" },
  { state: "delivered", at: "11:22:18.430", meaning: "the phone has it" },
  { state: "read", at: "11:23:02.877", meaning: "Ana has seen it" },
];

/** One message and all that became of it: what the API answers, as a picture. */
export function MessageReceipt() {
  return (
    <figure className="rounded-2xl border border-border bg-card p-5 shadow-sm sm:p-6">
      <div className="flex justify-end">
        <div className="max-w-[20rem] rounded-2xl rounded-br-md bg-bubble px-4 py-2.5 text-[0.9375rem] shadow-xs">
          Hello Ana, your order is on its way. It should be with you before noon.
          <span className="mt-0.5 flex items-center justify-end gap-1.5 text-xs text-muted-foreground tabular-nums">
            11:22 <Ticks state="read" />
          </span>
        </div>
      </div>
      <ol className="mt-6 border-t border-border text-sm">
        {states.map(({ state, at, meaning }) => (
          <li
            key={state}
            className="grid grid-cols-[7rem_1fr_auto] items-center gap-3 border-b border-border py-3 last:border-b-0 last:pb-0"
          >
            <span className="font-medium">
              <Ticks state={state} hasLabel />
            </span>
            <span className="text-muted-foreground">{meaning}</span>
            <span className="font-mono text-[0.8125rem] text-muted-foreground max-sm:hidden">
              {at}
            </span>
          </li>
        ))}
      </ol>
      <figcaption className="sr-only">
        A message and the times at which it was accepted, sent, delivered and read.
      </figcaption>
    </figure>
  );
}
