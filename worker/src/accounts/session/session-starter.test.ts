import type { EdgeFrame } from "@roost/contract/host";
import { expect, test, vi } from "vitest";
import { givenStore } from "../../../test/workers/given-store.ts";
import { AccountStore } from "../account-store.ts";
import type { StoredAccount } from "../stored.ts";
import { type Fleet, SessionCommands } from "./session-commands.ts";
import { SessionStarter } from "./session-starter.ts";

/** An account that looks for a host, and hosts that answer as told: connected, away, or not at all. */
function given(hosts: Record<string, boolean | "throws">, facts: Partial<StoredAccount> = {}) {
  const { store, sql } = givenStore();
  const session = { epoch: 1, host: null, isWanted: true, isHeard: false };
  store.setAccount({ state: "reconnecting", session, ...facts });
  const sent: { host: string; frame: EdgeFrame }[] = [];
  const fleet: Fleet = {
    place: async (_account, avoid) =>
      Object.keys(hosts).find((host) => host !== avoid?.host) ?? null,
    command: async (host, frame) => {
      sent.push({ host, frame });
      if (hosts[host] === "throws") throw new Error("the object was reset");
      return hosts[host] === true;
    },
  };
  const save = () => store.commit(0);
  const starts = () =>
    sent.flatMap(({ host, frame }) => (frame.type === "start" ? [[host, frame.epoch]] : []));
  return { store, sql, fleet, save, starts, starter: starterOf(store, fleet) };
}

function starterOf(store: AccountStore, fleet: Fleet): SessionStarter {
  return new SessionStarter(store, fleet, new SessionCommands(store, fleet));
}

test.each([false, "throws"] as const)(
  "a host that does not get the start (%s) is left with a higher epoch",
  async (answer) => {
    const { store, starter, save, starts } = given({ one: answer, two: true });
    await starter.place(save);
    expect(starts()).toEqual([
      ["one", 1],
      ["two", 2],
    ]);
    expect(store.account().session).toMatchObject({ host: "two", epoch: 2 });
  },
);

test("hosts that cannot be reached are not tried without end", async () => {
  const { sql, starter, save, starts } = given({ one: "throws", two: "throws" });
  await starter.place(save);
  expect(starts().length).toBe(3);
  expect(AccountStore.open(sql.asStorage()).account().session.host).toBeNull();
});

test("a start that was lost with the Worker is sent again, until the host says something", async () => {
  const { store, sql, starter, fleet, starts } = given({ one: true });
  // The host is written down, and then everything ends before the command leaves.
  const command = vi.spyOn(fleet, "command").mockReturnValue(new Promise(() => {}));
  void starter.place(() => store.commit(0));
  await vi.waitFor(() => expect(command).toHaveBeenCalled());
  command.mockRestore();
  const reopened = AccountStore.open(sql.asStorage());
  const again = starterOf(reopened, fleet);
  const save = () => reopened.commit(0);
  expect(again.needsHost()).toBe(false);
  expect(again.deadline(Date.now())).not.toBeNull();
  await again.startAgain(save);
  await again.startAgain(save);
  expect(starts()).toEqual([["one", 1]]);
  reopened.setAccount({ session: { ...reopened.account().session, isHeard: true } });
  expect(again.deadline(Date.now())).toBeNull();
});

test("a repeated start that finds its host gone makes room for another host", async () => {
  const { store, fleet, save } = given(
    { one: false },
    { session: { epoch: 4, host: "one", isWanted: true, isHeard: false } },
  );
  const starter = starterOf(store, fleet);
  await starter.startAgain(save);
  expect(store.account().session).toMatchObject({ host: null, epoch: 5 });
  expect(starter.needsHost()).toBe(true);
});

test("a host that never says anything of a session loses it in the end", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: 1_000_000 });
  const { store, starter, save, starts } = given({ one: true });
  await starter.place(save);
  while (store.account().session.host !== null) {
    expect(starts().length).toBeLessThan(10);
    vi.setSystemTime(Date.now() + 5_001);
    await starter.startAgain(save);
  }
  vi.useRealTimers();
  expect(starts().length).toBe(4);
  expect(store.account().session).toMatchObject({ epoch: 2, isWanted: true });
});
