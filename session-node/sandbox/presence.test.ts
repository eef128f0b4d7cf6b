import { afterAll, expect, test } from "vitest";
import { control, linkByQr } from "./test/client.ts";
import { eventually, givenNumber, givenSandbox, numberJid } from "./test/given.ts";

const sandbox = await givenSandbox();
afterAll(() => sandbox[Symbol.asyncDispose]());

test("typing is seen in both directions, and a message ends it", async () => {
  const [owner, contact] = [givenNumber(), givenNumber()];
  const { client } = await linkByQr(sandbox, owner);
  using _ = client;
  const seen: unknown[] = [];
  client.socket.ev.on("presence.update", (update) => seen.push(update));
  await control(sandbox, "POST", `/phones/${contact}/typing`, { to: owner });
  await control(sandbox, "POST", `/phones/${contact}/typing`, { to: owner, state: "paused" });
  await eventually(() => {
    const id = numberJid(contact);
    // Baileys calls a pause "available".
    expect(seen).toMatchObject([
      { id, presences: { [id]: { lastKnownPresence: "composing" } } },
      { id, presences: { [id]: { lastKnownPresence: "available" } } },
    ]);
  });

  await client.socket.sendPresenceUpdate("composing", numberJid(contact));
  const typing = () => control<{ typing: unknown[] }>(sandbox, "GET", `/phones/${contact}`);
  await eventually(async () => {
    expect((await typing()).typing).toMatchObject([{ from: owner, state: "composing" }]);
  });
  await client.socket.sendMessage(numberJid(contact), { text: "done typing" });
  await eventually(async () => expect((await typing()).typing).toEqual([]));
});

test("whoever subscribes hears when the other side comes and goes", async () => {
  const [owner, contact] = [givenNumber(), givenNumber()];
  const { client } = await linkByQr(sandbox, owner);
  using _ = client;
  const seen: string[] = [];
  client.socket.ev.on("presence.update", ({ presences }) => {
    for (const { lastKnownPresence } of Object.values(presences)) seen.push(lastKnownPresence);
  });
  await client.socket.presenceSubscribe(numberJid(contact));
  await eventually(() => expect(seen).toEqual(["unavailable"]));
  for (const state of ["available", "unavailable"]) {
    await control(sandbox, "POST", `/phones/${contact}/presence`, { state });
  }
  await eventually(() => expect(seen).toEqual(["unavailable", "available", "unavailable"]));
});

test("a companion in the foreground is shown as available", async () => {
  const owner = givenNumber();
  const { client } = await linkByQr(sandbox, owner);
  using _ = client;
  client.socket.ev.emit("creds.update", { me: { id: client.socket.user?.id ?? "", name: "Shop" } });
  await client.socket.sendPresenceUpdate("available");
  await eventually(async () => {
    const phone = await control(sandbox, "GET", `/phones/${owner}`);
    expect(phone).toMatchObject({ companions: [{ available: true }] });
  });
});
