import { MessagesSquare } from "lucide-react";
import { EmptyState } from "../components/empty-state.tsx";

/** Beside the list, while no chat is open. */
export default function NoChat() {
  return (
    <div className="flex h-full items-center justify-center bg-muted/40">
      <EmptyState icon={MessagesSquare} title="No chat is open">
        Choose one on the left. Replies appear while you look.
      </EmptyState>
    </div>
  );
}
