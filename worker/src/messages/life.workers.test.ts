import { expect, test } from "vitest";
import { FakeHost } from "../../test/workers/fake-host.ts";
import { givenConnected, journalOf, messageIn, send } from "../../test/workers/given-account.ts";

test("a message is accepted, leased, sent, delivered and read, and the journal has no gap", async () => {
  const host = await new FakeHost().connect();
  const at = await givenConnected(host);
  const accepted = await send(at);
  expect(accepted).toMatchObject({ state: "accepted", to: "+5511999990000", lane: "direct" });

  await messageIn(at.key, accepted.id, "sent");
  const [leased] = host.leased(at.account);
  expect(leased).toMatchObject({ id: accepted.id, wa_id: accepted.wa_id, attempt: 1 });
  host.receipt(at.account, "delivered", "5511999990000", accepted.wa_id ?? "");
  host.receipt(at.account, "read", "5511999990000", accepted.wa_id ?? "");
  const read = await messageIn(at.key, accepted.id, "read");
  expect(read.states.map(({ state }) => state)).toEqual([
    "accepted",
    "leased",
    "sent",
    "delivered",
    "read",
  ]);

  const journal = await journalOf(at.key, at.account);
  expect(journal.map(({ seq }) => seq)).toEqual(journal.map((_, i) => i + 1));
  const ofMessage = journal.filter(({ type }) => type.startsWith("message."));
  expect(ofMessage.map(({ type }) => type)).toEqual([
    "message.accepted",
    "message.sent",
    "message.delivered",
    "message.read",
  ]);
});
