import type { AppLoadContext } from "@remix-run/cloudflare";
import type { Account, Health, LinkAttempt, Queue, StartLink } from "@roost/contract/accounts";
import type { LogIn, Me, SignUp } from "@roost/contract/auth";
import type { Chat } from "@roost/contract/chats";
import { errors, Problem } from "@roost/contract/errors";
import type { CreatedKey, CreateKey, Key } from "@roost/contract/keys";
import type { Message, SendMessage } from "@roost/contract/messages";
import type { z } from "zod";

/** What the API said: the thing, or why not. */
export type Answer<T> = { ok: true; value: T } | { ok: false; problem: Problem };
export type Page<T> = { data: T[]; next_cursor: string | null };
type Query = Record<string, string | number | null | undefined>;
type Call = { query?: Query; body?: unknown; idempotencyKey?: string };

/** Told to the API about whoever asks; it decides, these pages do not. */
const FORWARDED = ["cookie", "origin", "sec-fetch-site", "user-agent", "cf-connecting-ip"];

export type Api = ReturnType<typeof apiFor>;

/** The API as the person who sent `request`: their cookie, their origin, their address. */
export function apiFor(request: Request, context: AppLoadContext) {
  /** Cookies that the API sets. Whoever answers the browser hands them on. */
  const headers = new Headers();

  async function call<T>(method: string, path: string, options: Call = {}): Promise<Answer<T>> {
    const { query = {}, body, idempotencyKey } = options;
    const url = new URL(`/v1${path}`, request.url);
    for (const [name, value] of Object.entries(query)) {
      if (value !== null && value !== undefined) url.searchParams.set(name, String(value));
    }
    const sent = new Headers({ accept: "application/json" });
    for (const name of FORWARDED) {
      const value = request.headers.get(name);
      if (value !== null) sent.set(name, value);
    }
    if (body !== undefined) sent.set("content-type", "application/json");
    if (idempotencyKey !== undefined) sent.set("idempotency-key", idempotencyKey);
    const response = await context.fetchApi(
      new Request(url, {
        method,
        headers: sent,
        body: body === undefined ? null : JSON.stringify(body),
      }),
    );
    for (const cookie of response.headers.getSetCookie()) headers.append("set-cookie", cookie);
    return answerOf<T>(response);
  }

  const at = encodeURIComponent;
  const get = <T>(path: string, query?: Query) => call<T>("GET", path, query ? { query } : {});
  const post = <T>(path: string, body?: unknown, idempotencyKey?: string) =>
    call<T>("POST", path, { body, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) });

  return {
    headers,

    signUp: (body: z.input<typeof SignUp>) => post<{ detail: string }>("/auth/sign-up", body),
    verifyEmail: (token: string) => post<Me>("/auth/verify-email", { token }),
    resendVerification: (email: string) =>
      post<{ detail: string }>("/auth/resend-verification", { email }),
    logIn: (body: z.input<typeof LogIn>) => post<Me>("/auth/web-session", body),
    logOut: () => call<null>("DELETE", "/auth/web-session"),
    requestReset: (email: string) => post<{ detail: string }>("/auth/reset/request", { email }),
    resetPassword: (token: string, password: string) =>
      post<{ detail: string }>("/auth/reset", { token, password }),
    me: () => get<Me>("/auth/me"),

    listAccounts: (query?: Query) => get<Page<Account>>("/accounts", query),
    createAccount: (name: string, idempotencyKey: string) =>
      post<Account>("/accounts", { name }, idempotencyKey),
    getAccount: (id: string) => get<Account>(`/accounts/${at(id)}`),
    renameAccount: (id: string, name: string) =>
      call<Account>("PATCH", `/accounts/${at(id)}`, { body: { name } }),
    deleteAccount: (id: string) => call<null>("DELETE", `/accounts/${at(id)}`),
    startLink: (id: string, body: z.input<typeof StartLink>) =>
      post<LinkAttempt>(`/accounts/${at(id)}/link`, body),
    getLink: (id: string) => get<LinkAttempt>(`/accounts/${at(id)}/link`),
    unlinkAccount: (id: string) => post<Account>(`/accounts/${at(id)}/unlink`),
    restartAccount: (id: string) => post<Account>(`/accounts/${at(id)}/restart`),
    resetAccount: (id: string) => post<Account>(`/accounts/${at(id)}/reset`),
    getHealth: (id: string) => get<Health>(`/accounts/${at(id)}/health`),
    getQueue: (id: string) => get<Queue>(`/accounts/${at(id)}/queue`),
    setQueue: (id: string, state: string) =>
      call<Queue>("PUT", `/accounts/${at(id)}/queue`, { body: { state } }),

    listMessages: (query: Query) => get<Page<Message>>("/messages", query),
    sendMessage: (body: z.input<typeof SendMessage>, idempotencyKey: string) =>
      post<Message>("/messages", body, idempotencyKey),
    listChats: (query?: Query) => get<Page<Chat>>("/chats", query),
    getChat: (id: string) => get<Chat>(`/chats/${at(id)}`),
    markChatRead: (id: string) => post<Chat>(`/chats/${at(id)}/read`),

    listKeys: (query?: Query) => get<Page<Key>>("/keys", query),
    createKey: (body: z.input<typeof CreateKey>, idempotencyKey: string) =>
      post<CreatedKey>("/keys", body, idempotencyKey),
    revokeKey: (id: string) => call<Key | null>("DELETE", `/keys/${at(id)}`),
  };
}

async function answerOf<T>(response: Response): Promise<Answer<T>> {
  const text = await response.text();
  if (response.ok) {
    // Both sides are built from one contract and deployed as one Worker, so the body is a `T`.
    const value = (text === "" ? null : JSON.parse(text)) as T;
    return { ok: true, value };
  }
  const problem = Problem.safeParse(tryJson(text));
  return { ok: false, problem: problem.success ? problem.data : unreadable(response) };
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Whatever answered, it was not the API: a proxy, or a Worker that is just starting. */
function unreadable(response: Response): Problem {
  const code = "unavailable";
  return {
    type: "about:blank",
    ...errors[code],
    detail: "Roost could not be reached just now. Try again in a moment.",
    code,
    request_id: response.headers.get("x-request-id") ?? "",
  };
}
