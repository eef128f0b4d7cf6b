import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { useHydrated } from "../lib/use-hydrated.ts";
import { Button } from "./button.tsx";

/** Copies a text and says so. Without JavaScript the text beside it can be selected. */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const isHydrated = useHydrated();
  const [outcome, setOutcome] = useState<"copied" | "failed" | null>(null);
  useEffect(() => {
    if (outcome === null) return undefined;
    const timer = setTimeout(() => setOutcome(null), 2_000);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => setOutcome("copied"),
      () => setOutcome("failed"),
    );
  };
  return (
    <>
      <Button
        type="button"
        variant="outline"
        size="small"
        onClick={copy}
        className={isHydrated ? undefined : "invisible"}
      >
        {outcome === "copied" ? <Check aria-hidden /> : <Copy aria-hidden />}
        Copy<span className="sr-only"> {what}</span>
      </Button>
      <output className="sr-only">
        {outcome === "copied" ? "Copied." : null}
        {outcome === "failed" ? "Copying is not allowed here. Select the text instead." : null}
      </output>
    </>
  );
}
