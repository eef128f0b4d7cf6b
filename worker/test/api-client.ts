import { Account, LinkAttempt } from "@roost/contract/accounts";
import { Chat } from "@roost/contract/chats";
import { Problem } from "@roost/contract/errors";
import { Event } from "@roost/contract/events";
import { listOf } from "@roost/contract/lists";
import { Message, type SendMessage } from "@roost/contract/messages";
import type { z } from "zod";

/** A refusal as a test sees it. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(`${problem.status} ${problem.code}: ${problem.detail}`);
    this.problem = problem;
  }
}

export type Call = {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  body?: unknown;
  /** Sent as it is, in place of `body`. */
  text?: string;
  idempotencyKey?: string;
  key?: string | null;
};

/** What a tenant's app does: the public API over HTTP with a key. */
export class ApiClient {
  readonly url: string;
  readonly key: string;
  /** How long an answer may take; null: as long as it likes. */
  readonly patienceMs: number | null;

  constructor(url: string, key: string, patienceMs: number | null = null) {
    this.url = url;
    this.key = key;
    this.patienceMs = patienceMs;
  }

  async raw(path: string, call: Call = {}): Promise<Response> {
    const headers = new Headers();
    const key = call.key === undefined ? this.key : call.key;
    if (key !== null) headers.set("authorization", `Bearer ${key}`);
    if (call.idempotencyKey !== undefined) headers.set("idempotency-key", call.idempotencyKey);
    const text = call.text ?? (call.body === undefined ? undefined : JSON.stringify(call.body));
    if (text !== undefined) headers.set("content-type", "application/json");
    return fetch(`${this.url}${path}`, {
      method: call.method ?? "GET",
      headers,
      ...(text === undefined ? {} : { body: text }),
      ...(this.patienceMs === null ? {} : { signal: AbortSignal.timeout(this.patienceMs) }),
    });
  }

  /** The answer, read with the contract's own schema. */
  async call<T extends z.ZodType>(schema: T, path: string, call: Call = {}): Promise<z.infer<T>> {
    const response = await this.raw(path, call);
    const content: unknown = await response.json();
    if (!response.ok) throw new RefusedError(Problem.parse(content));
    return schema.parse(content);
  }

  createAccount(name: string): Promise<Account> {
    return this.call(Account, "/v1/accounts", { method: "POST", body: { name } });
  }

  account(id: string): Promise<Account> {
    return this.call(Account, `/v1/accounts/${id}`);
  }

  startLink(id: string, body: object = { method: "qr" }): Promise<LinkAttempt> {
    return this.call(LinkAttempt, `/v1/accounts/${id}/link`, { method: "POST", body });
  }

  link(id: string): Promise<LinkAttempt> {
    return this.call(LinkAttempt, `/v1/accounts/${id}/link`);
  }

  send(message: Partial<SendMessage> & { to: string }, idempotencyKey?: string): Promise<Message> {
    return this.call(Message, "/v1/messages", {
      method: "POST",
      body: message,
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    });
  }

  message(id: string): Promise<Message> {
    return this.call(Message, `/v1/messages/${id}`);
  }

  chats(account: string): Promise<{ data: Chat[] }> {
    return this.call(listOf(Chat), `/v1/chats?account=${account}`);
  }

  /** Every event of an account's journal, in order. */
  async events(account: string): Promise<Event[]> {
    const all: Event[] = [];
    for (;;) {
      const after = all.at(-1)?.seq ?? 0;
      const path = `/v1/events?account=${account}&after=${after}&limit=100`;
      const { data } = await this.call(listOf(Event), path);
      if (data.length === 0) return all;
      all.push(...data);
    }
  }
}
