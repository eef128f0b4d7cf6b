import { AccountState } from "@roost/contract/accounts";
import type { EdgeFrame } from "@roost/contract/host";
import { expect, test } from "vitest";
import { givenStore } from "../../../test/workers/given-store.ts";
import { resetAccount, restartAccount, unlinkAccount } from "./session-actions.ts";
import { SessionControl } from "./session-control.ts";
import type { StoredLink } from "../stored.ts";

const actions = { unlink: unlinkAccount, restart: restartAccount, reset: resetAccount };
type Action = keyof typeof actions;

const attempt: StoredLink = {
  state: "waiting_for_scan",
  method: "qr",
  phone: null,
  qr: "2@x",
  code: null,
  expiresAt: 9,
  error: null,
  startedAt: 1,
};

/** States without a session that runs, or is looked for. */
const AT_REST = new Set<AccountState>(["unlinked", "logged_out", "banned", "parked"]);

function given(state: AccountState, hasCredentials: boolean, host: string | null) {
  const { store } = givenStore();
  const isWanted = !AT_REST.has(state);
  store.setAccount({
    state,
    reason: null,
    link: state === "linking" ? attempt : null,
    resumeAt: state === "banned" ? 5_000 : null,
    session: { epoch: 7, host: isWanted ? host : null, isWanted, isHeard: host !== null },
  });
  if (hasCredentials) {
    store.change({ kind: "keys", dataKey: "wrapped", writes: [["creds", "sealed"]] });
  }
  const sent: { host: string; frame: EdgeFrame }[] = [];
  const sessions = new SessionControl(store, {
    place: async () => "other",
    command: async (to, frame) => {
      sent.push({ host: to, frame });
      return true;
    },
  });
  const seen = () => {
    const { version: _version, ...account } = store.account();
    return {
      account,
      key: store.credentials.wrappedDataKey(),
      events: store.journal.last(),
    };
  };
  return { store, sessions, sent, seen };
}

const cases = AccountState.options.flatMap((state) =>
  [true, false].flatMap((hasCredentials) =>
    [null, "one"].flatMap((host) =>
      (Object.keys(actions) as Action[]).map((action) => ({ state, hasCredentials, host, action })),
    ),
  ),
);

test.each(cases)(
  "$action when $state (credentials: $hasCredentials, host: $host) does what it says, once",
  async ({ state, hasCredentials, host, action }) => {
    const { store, sessions, sent, seen } = given(state, hasCredentials, host);
    const outcome = actions[action]({ store, sessions }, 100);
    const account = store.account();
    const isRefused = action === "restart" && !hasCredentials && state !== "linking";
    expect(outcome.ok).toBe(!isRefused);
    const isRestarted = action === "restart" && !isRefused;
    const isAtRest = action !== "restart" || (isRefused && AT_REST.has(state));
    expect(account.session.isWanted).toBe(!isAtRest);
    const shown =
      action === "restart" ? (state === "linking" ? "linking" : "reconnecting") : "unlinked";
    const isTaken = isRestarted && account.session.epoch > 7;
    expect(isRefused || account.state === shown || (isRestarted && !isTaken)).toBe(true);
    expect(store.credentials.wrappedDataKey() !== null).toBe(
      action === "restart" && hasCredentials && !(state === "linking" && isTaken),
    );
    expect(action === "reset" ? account.phone : null).toBeNull();

    // The phone hears of it, also when no host has the session.
    await sessions.commands.flush();
    const loggedOut = sent.filter(({ frame }) => frame.type === "stop" && frame.mode === "logout");
    const isTold =
      action !== "restart" && (hasCredentials || (host !== null && !AT_REST.has(state)));
    expect(loggedOut).toHaveLength(isTold ? 1 : 0);

    const after = seen();
    actions[action]({ store, sessions }, 200);
    expect(seen()).toEqual(after);
  },
);

test("a session that no host has is unlinked by one that is asked for it", async () => {
  const { store, sessions, sent } = given("parked", true, null);
  unlinkAccount({ store, sessions }, 100);
  const { epoch } = store.account().session;
  await sessions.commands.flush();
  expect(sent).toEqual([
    {
      host: "other",
      frame: {
        type: "start",
        account: store.account().id,
        epoch,
        link: null,
        credentials: { data_key: "wrapped", creds: "sealed" },
      },
    },
    { host: "other", frame: { type: "stop", account: store.account().id, epoch, mode: "logout" } },
  ]);
  // What that session says is nobody's: only its end is of interest, and only to the phone.
  expect(store.account().session.host).toBeNull();
});

test("a fleet that fails when the phone is to be logged out by somebody keeps nobody up", async () => {
  const { store } = given("parked", true, null);
  const sessions = new SessionControl(store, {
    place: () => Promise.reject(new Error("the object was reset")),
    command: async () => true,
  });
  unlinkAccount({ store, sessions }, 100);
  await expect(sessions.commands.flush()).resolves.toBeUndefined();
});
