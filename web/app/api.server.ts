import type { AppLoadContext } from "@remix-run/cloudflare";
import type { QueueState, SetLimits, StartLink } from "@roost/contract/accounts";
import type { LogIn, SignUp } from "@roost/contract/auth";
import type { CreateKey } from "@roost/contract/keys";
import type { MessageState, SendMessage } from "@roost/contract/messages";
import type { MessageFilter } from "@roost/contract/queue";
import type { AppType } from "@roost/worker/app";
import { hc } from "hono/client";
import type { z } from "zod";
import { answerOf } from "./answer.server.ts";

/** Told to the API about whoever asks; it decides, these pages do not. */
const FORWARDED = ["cookie", "origin", "user-agent", "cf-connecting-ip"];

/** Whose messages, or which of everybody's. */
type Of = { account: string } | { chat: string } | { state: MessageState };
type Listed = { limit?: number; cursor?: string | null };

export type Api = ReturnType<typeof apiFor>;

/** The API as the person who sent `request`: their cookie, their origin, their address. */
export function apiFor(request: Request, context: AppLoadContext) {
  /** Cookies that the API sets. Whoever answers the browser hands them on. */
  const headers = new Headers();
  const { v1 } = hc<AppType>(new URL(request.url).origin, {
    headers: forwarded(request),
    fetch: async (input: RequestInfo | URL, init?: RequestInit) => {
      const response = await context.fetchApi(new Request(input, init));
      for (const cookie of response.headers.getSetCookie()) headers.append("set-cookie", cookie);
      return response;
    },
  });
  const { auth, accounts, messages, chats, keys, admin } = v1;
  const host = admin.hosts[":hostName"];
  const account = accounts[":accountId"];

  return {
    headers,

    signUp: (json: z.input<typeof SignUp>) => answerOf(auth["sign-up"].$post({ json })),
    verifyEmail: (token: string) => answerOf(auth["verify-email"].$post({ json: { token } })),
    resendVerification: (email: string) =>
      answerOf(auth["resend-verification"].$post({ json: { email } })),
    logIn: (json: z.input<typeof LogIn>) => answerOf(auth["web-session"].$post({ json })),
    logOut: () => answerOf(auth["web-session"].$delete()),
    requestReset: (email: string) => answerOf(auth.reset.request.$post({ json: { email } })),
    resetPassword: (token: string, password: string) =>
      answerOf(auth.reset.$post({ json: { token, password } })),
    me: () => answerOf(auth.me.$get()),

    listAccounts: (listed: Listed = {}) => answerOf(accounts.$get({ query: page(listed) })),
    createAccount: (name: string, key: string) =>
      answerOf(accounts.$post({ json: { name }, header: { "idempotency-key": key } })),
    getAccount: (accountId: string) => answerOf(account.$get({ param: { accountId } })),
    renameAccount: (accountId: string, name: string) =>
      answerOf(account.$patch({ param: { accountId }, json: { name } })),
    deleteAccount: (accountId: string) => answerOf(account.$delete({ param: { accountId } })),
    startLink: (accountId: string, json: z.input<typeof StartLink>) =>
      answerOf(account.link.$post({ param: { accountId }, json })),
    getLink: (accountId: string) => answerOf(account.link.$get({ param: { accountId } })),
    unlinkAccount: (accountId: string) => answerOf(account.unlink.$post({ param: { accountId } })),
    restartAccount: (accountId: string) =>
      answerOf(account.restart.$post({ param: { accountId } })),
    resetAccount: (accountId: string) => answerOf(account.reset.$post({ param: { accountId } })),
    getHealth: (accountId: string) => answerOf(account.health.$get({ param: { accountId } })),
    getHealthHistory: (accountId: string) =>
      answerOf(account.health.history.$get({ param: { accountId }, query: {} })),
    getLimits: (accountId: string) => answerOf(account.limits.$get({ param: { accountId } })),
    setLimits: (accountId: string, json: SetLimits) =>
      answerOf(account.limits.$put({ param: { accountId }, json })),
    getQueue: (accountId: string) => answerOf(account.queue.$get({ param: { accountId } })),
    setQueue: (accountId: string, state: QueueState) =>
      answerOf(account.queue.$put({ param: { accountId }, json: { state } })),
    countQueue: (accountId: string, filter: MessageFilter) =>
      answerOf(account.queue.count.$post({ param: { accountId }, json: { filter } })),
    clearQueue: (accountId: string, filter: MessageFilter) =>
      answerOf(account.queue.clear.$post({ param: { accountId }, json: { filter } })),
    retryQueue: (accountId: string, filter: MessageFilter) =>
      answerOf(account.queue.retry.$post({ param: { accountId }, json: { filter } })),

    listMessages: (of: Of, listed: Listed) =>
      answerOf(messages.$get({ query: { ...page(listed), ...of } })),
    sendMessage: (json: z.input<typeof SendMessage>, key: string) =>
      answerOf(messages.$post({ json, header: { "idempotency-key": key } })),
    editMessage: (messageId: string, body: string) =>
      answerOf(messages[":messageId"].$patch({ param: { messageId }, json: { text: { body } } })),
    /** Cancels what is not begun, takes back what was sent. */
    deleteMessage: (messageId: string) =>
      answerOf(messages[":messageId"].$delete({ param: { messageId } })),
    listChats: (listed: Listed = {}) => answerOf(chats.$get({ query: page(listed) })),
    readChat: (chatId: string) => answerOf(chats[":chatId"].read.$post({ param: { chatId } })),
    getChat: (chatId: string) => answerOf(chats[":chatId"].$get({ param: { chatId } })),

    listKeys: (listed: Listed = {}) => answerOf(keys.$get({ query: page(listed) })),
    createKey: (json: z.input<typeof CreateKey>, key: string) =>
      answerOf(keys.$post({ json, header: { "idempotency-key": key } })),
    revokeKey: (id: string) => answerOf(keys[":id"].$delete({ param: { id } })),

    listHosts: (listed: Listed = {}) => answerOf(admin.hosts.$get({ query: page(listed) })),
    getHost: (hostName: string) => answerOf(host.$get({ param: { hostName } })),
    drainHost: (hostName: string) => answerOf(host.drain.$post({ param: { hostName } })),
    resumeHost: (hostName: string) => answerOf(host.resume.$post({ param: { hostName } })),
    listFleetErrors: () => answerOf(admin.errors.$get({ query: {} })),
  };
}

function forwarded(request: Request): Record<string, string> {
  const sent: Record<string, string> = { accept: "application/json" };
  for (const name of FORWARDED) {
    const value = request.headers.get(name);
    if (value !== null) sent[name] = value;
  }
  return sent;
}

function page({ limit, cursor }: Listed): { limit?: number; cursor?: string } {
  return {
    ...(limit === undefined ? {} : { limit }),
    ...(cursor === undefined || cursor === null ? {} : { cursor }),
  };
}
