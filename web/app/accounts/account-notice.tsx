import { Form, Link, useLocation, useNavigation } from "@remix-run/react";
import type { Account } from "@roost/contract/accounts";
import { Alert } from "../components/alert.tsx";
import { SubmitButton } from "../components/button.tsx";
import { Time } from "../components/time.tsx";
import { type Deed, noticeOf } from "./notice-of.ts";

/** What became of the account's connection, until when, and what to do about it. */
export function AccountNotice({ account }: { account: Account }) {
  const notice = noticeOf(account);
  if (notice === null) return null;
  return (
    <Alert tone={notice.tone} className="mb-6">
      <p>
        <strong className="font-semibold">{notice.title}.</strong> {account.reason?.sentence}
        {account.until === null ? null : (
          <>
            {" "}
            Until <Time at={account.until} />.
          </>
        )}
      </p>
      <Help account={account} deed={notice.deed} />
    </Alert>
  );
}

const deeds = {
  restart: { label: "Restart", pending: "Restarting" },
  reset: { label: "Reset and link again", pending: "Resetting" },
};

function Help({ account, deed }: { account: Account; deed: Deed }) {
  const page = `/accounts/${account.id}`;
  const pending = useNavigation().formData?.get("intent");
  const { pathname } = useLocation();
  if (deed === null || pathname === `${page}/${deed}`) return null;
  if (deed === "health") {
    return (
      <Link
        to={`${page}/health`}
        className="mt-1 inline-block font-medium underline underline-offset-4"
      >
        See its health
      </Link>
    );
  }
  const { label, pending: pendingLabel } = deeds[deed];
  return (
    <Form method="post" action={`${page}/settings`} className="mt-3">
      <input type="hidden" name="intent" value={deed} />
      <SubmitButton
        variant="outline"
        size="small"
        className="text-foreground"
        isPending={pending === deed}
        pendingLabel={pendingLabel}
      >
        {label}
      </SubmitButton>
    </Form>
  );
}
