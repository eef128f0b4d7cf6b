import { useRouteLoaderData } from "@remix-run/react";
import { MessagesSquare } from "lucide-react";
import { EmptyState } from "../components/empty-state.tsx";
import type { loader } from "./chats.tsx";

/** Beside the list, while no chat is open. */
export default function NoChat() {
  const hasChats = useRouteLoaderData<typeof loader>("routes/chats")?.chats.length !== 0;
  return (
    <div className="flex h-full items-center justify-center bg-muted/40">
      {hasChats ? (
        <EmptyState icon={MessagesSquare} title="No chat is open">
          Choose one on the left. Replies appear while you look.
        </EmptyState>
      ) : null}
    </div>
  );
}
