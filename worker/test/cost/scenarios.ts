import { setTimeout as pause } from "node:timers/promises";
import { BatchAnswer } from "@roost/contract/messages";
import { z } from "zod";
import type { ApiClient } from "../api-client.ts";
import type { Counts } from "./price.ts";
import type { CountedWorld } from "./world.ts";

/** What somebody does with the product, what it caused, and for how many messages. */
export type Measured = { messages: number; counts: Counts };

const STREAM = 1_000;
const IN_FLIGHT = 16;
const BATCH = 1_000;
const ALONE = 300;
const ALONE_ACCOUNTS = 20;
/** A message by itself: its ack and first receipt are over before somebody reads it. */
const UNTIL_READ_MS = 450;
/** An account's checkpoint comes after so many ticks. */
const CHECKPOINT_TICKS = 2_000;
const PEOPLE = 50;
const Sent = z.object({ wa_id: z.string() });

/** 1,000 requests, 16 at a time, to people who were written to before. A checkpoint falls into it. */
export async function stream(world: CountedWorld): Promise<Measured> {
  const account = await world.link("4915511000001");
  await inParallel(PEOPLE, (n) => post(world.api, account, person(1, n), `first ${n}`));
  await nearCheckpoint(world.api, account);
  const counts = await world.countsOf(() =>
    inParallel(STREAM, (n) => post(world.api, account, person(1, n % PEOPLE), `stream ${n}`)),
  );
  return { messages: STREAM, counts };
}

/** One request with 1,000 messages: to people who were written to before, or to none of them. */
export async function batch(world: CountedWorld, areKnown: boolean): Promise<Measured> {
  const { api } = world;
  const group = areKnown ? 3 : 4;
  const account = await world.link(`491551100000${group}`);
  if (areKnown) {
    await inParallel(PEOPLE, (n) => post(api, account, person(group, n), `first ${n}`));
  }
  const messages = Array.from({ length: BATCH }, (_, n) => ({
    account,
    to: person(group, areKnown ? n % PEOPLE : n),
    text: { body: `batch ${n}` },
    pace: "asap",
  }));
  const counts = await world.countsOf(async () => {
    const answer = await api.call(BatchAnswer, "/v1/messages/batch", {
      method: "POST",
      body: { messages },
      idempotencyKey: `batch ${group}`,
    });
    const refused = answer.data.find(({ message }) => message === null);
    if (refused !== undefined) throw new Error(refused.error?.detail ?? "refused");
  });
  return { messages: BATCH, counts };
}

/** Messages that share nothing with any other: the next one goes out when the last one was read. */
export async function alone(world: CountedWorld): Promise<Measured> {
  const { api, phones } = world;
  const accounts: string[] = [];
  for (let n = 0; n < ALONE_ACCOUNTS; n++) {
    const account = await world.link(`49155120000${String(n + 1).padStart(2, "0")}`);
    await phones.post("/phones", { number: person(2, n) });
    await phones.put(`/phones/${person(2, n)}`, { receipts: "delivered" });
    await post(api, account, person(2, n), `first ${n}`);
    accounts.push(account);
  }
  const counts = await world.countsOf(async () => {
    await Promise.all(
      accounts.map(async (account, n) => {
        // Not all in step, or the accounts' frames would travel together.
        await pause((n * UNTIL_READ_MS) / ALONE_ACCOUNTS);
        for (let i = 0; i < ALONE / ALONE_ACCOUNTS; i++) {
          const waId = await post(api, account, person(2, n), `alone ${n} ${i}`);
          await pause(UNTIL_READ_MS);
          await phones.post(`/phones/${person(2, n)}/read`, { wa_id: waId });
          await pause(UNTIL_READ_MS);
        }
      }),
    );
  });
  return { messages: ALONE, counts };
}

function person(group: number, n: number): string {
  return `4915520${group}${String(n).padStart(5, "0")}1`;
}

/** Ticks without messages, so that what is measured next has a checkpoint in it. */
async function nearCheckpoint(api: ApiClient, account: string): Promise<void> {
  const path = `/v1/accounts/${account}/limits`;
  const limits: unknown = await (await api.raw(path)).json();
  await inParallel(CHECKPOINT_TICKS - STREAM / 2, async () => {
    const response = await api.raw(path, { method: "PUT", body: limits });
    if (!response.ok) throw new Error(await response.text());
  });
}

async function post(api: ApiClient, account: string, to: string, body: string): Promise<string> {
  const message = { account, to, text: { body }, pace: "asap" };
  const response = await api.raw("/v1/messages", {
    method: "POST",
    body: message,
    idempotencyKey: `${account} ${body}`,
  });
  if (response.status !== 202) throw new Error(await response.text());
  return Sent.parse(await response.json()).wa_id;
}

async function inParallel(total: number, work: (n: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < total) await work(next++);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
}
