import { Link } from "@remix-run/react";
import { Button } from "./button.tsx";

/** The way to the next page of a list, and back to its beginning. */
export function PageLinks({
  nextCursor,
  isFirst,
  what,
}: {
  nextCursor: string | null;
  isFirst: boolean;
  what: string;
}) {
  if (nextCursor === null && isFirst) return null;
  return (
    <nav aria-label={`More ${what}`} className="flex justify-between gap-3">
      {isFirst ? (
        <span />
      ) : (
        <Button asChild variant="outline" size="small">
          <Link to="?">First page</Link>
        </Button>
      )}
      {nextCursor === null ? null : (
        <Button asChild variant="outline" size="small">
          <Link to={`?cursor=${encodeURIComponent(nextCursor)}`}>Next page</Link>
        </Button>
      )}
    </nav>
  );
}
