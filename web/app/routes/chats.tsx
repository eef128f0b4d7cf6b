import type { LoaderFunctionArgs, MetaFunction } from "@remix-run/cloudflare";
import { Link, Outlet, useLoaderData, useParams } from "@remix-run/react";
import { MessagesSquare } from "lucide-react";
import { apiFor } from "../api.server.ts";
import { orThrow } from "../auth.server.ts";
import { ChatList } from "../chats/chat-list.tsx";
import { Button } from "../components/button.tsx";
import { EmptyState } from "../components/empty-state.tsx";
import { cn } from "../lib/cn.ts";
import { useLiveEvents, useRefresh } from "../live/live-events.tsx";

export const meta: MetaFunction = () => [{ title: "Chats · Roost" }];

const PAGE_SIZE = 50;
/** What a chat says last, how much is unread and whether it failed changes with these. */
const CHANGING = new Set(["message.received", "message.accepted", "message.failed"]);

export async function loader({ request, context }: LoaderFunctionArgs) {
  const api = apiFor(request, context);
  const [chats, accounts, failed] = await Promise.all([
    api.listChats({ limit: PAGE_SIZE }),
    api.listAccounts({ limit: 100 }),
    api.listMessages({ state: "failed" }, { limit: 100 }),
  ]);
  return {
    chats: orThrow(chats, request).data,
    // A chat does not say what became of its last message.
    failed: orThrow(failed, request).data.map(({ id }) => id),
    accounts: orThrow(accounts, request).data,
    now: Date.now(),
  };
}

/** Chats beside the one that is open; on a phone one of the two. */
export default function Chats() {
  const { chats, failed, accounts, now } = useLoaderData<typeof loader>();
  const isOpen = useParams().id !== undefined;
  const refresh = useRefresh();
  useLiveEvents((event) => {
    if (CHANGING.has(event.type)) refresh();
  });
  const [account] = accounts;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] h-[calc(100dvh-3.5rem-3.75rem-env(safe-area-inset-bottom))] -mb-20 md:mb-0 md:h-dvh md:grid-cols-[20rem_minmax(0,1fr)]">
      <section
        aria-labelledby="chats-title"
        className={cn(
          "min-h-0 flex-col border-border md:flex md:border-r",
          isOpen ? "hidden" : "flex",
        )}
      >
        <h1 id="chats-title" className="px-5 pt-6 pb-4 text-2xl font-semibold tracking-tight">
          Chats
        </h1>
        {chats.length === 0 ? (
          <EmptyState
            icon={MessagesSquare}
            title="No chats yet"
            action={
              <Button asChild variant="outline">
                <Link to={account === undefined ? "/accounts" : `/accounts/${account.id}`}>
                  {account === undefined ? "Create an account" : "Send a first message"}
                </Link>
              </Button>
            }
          >
            Write to somebody, or have somebody write to your number. The conversation appears here
            at once.
          </EmptyState>
        ) : (
          <ChatList chats={chats} failed={failed} accounts={accounts} now={now} />
        )}
      </section>
      <div className={cn("min-h-0 min-w-0 md:block", !isOpen && "hidden")}>
        <Outlet />
      </div>
    </div>
  );
}

export { ErrorPane as ErrorBoundary } from "../components/error-page.tsx";
