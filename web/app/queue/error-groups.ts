import type { Message } from "@roost/contract/messages";

export type ErrorGroup = { code: string; detail: string; isRetryable: boolean; count: number };

/** Failed messages by what went wrong, the commonest first. */
export function errorGroups(messages: readonly Pick<Message, "error">[]): ErrorGroup[] {
  const groups = new Map<string, ErrorGroup>();
  for (const { error } of messages) {
    if (error === null) continue;
    const { code, detail, retryable } = error;
    const group = groups.get(code) ?? { code, detail, isRetryable: retryable, count: 0 };
    groups.set(code, { ...group, count: group.count + 1 });
  }
  return [...groups.values()].sort((a, b) => b.count - a.count);
}
