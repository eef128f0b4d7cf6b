import type { MessageId } from "@roost/contract/ids";

/** Who waits for a host's word on messages that it was asked to give back. */
export class AskedBack {
  private readonly waiting = new Map<MessageId, Set<() => void>>();

  /**
   * Waits until each of these has an outcome, or for so long. `onAnswer` runs in the tick of the
   * outcome, before the message could be handed out again.
   */
  async answers(
    ids: readonly MessageId[],
    withinMs: number,
    onAnswer: (id: MessageId) => void = () => {},
  ): Promise<void> {
    const asked = ids.map((id) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const hear = () => {
        onAnswer(id);
        resolve();
      };
      this.waiting.set(id, (this.waiting.get(id) ?? new Set()).add(hear));
      return { id, hear, promise };
    });
    if (asked.length === 0) return;
    await Promise.race([
      Promise.all(asked.map(({ promise }) => promise)),
      scheduler.wait(withinMs),
    ]);
    for (const { id, hear } of asked) {
      const waiting = this.waiting.get(id);
      waiting?.delete(hear);
      if (waiting?.size === 0) this.waiting.delete(id);
    }
  }

  answered(id: MessageId): void {
    for (const hear of this.waiting.get(id) ?? []) hear();
  }
}
