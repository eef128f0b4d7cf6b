import { reach } from "./crash.ts";
import { feel, presentFaults } from "./present-faults.ts";

const DELAY_SECONDS = 3;

/** The queue as the lab has it: it may lose, repeat, delay, reorder and refuse what it is given. */
export function faultyQueue<Body>(queue: Queue<Body>): Queue<Body> {
  const sendBatch: Queue<Body>["sendBatch"] = async (batch, options) => {
    reach("before_queue_send");
    const messages = [...batch];
    const answer = await carry(queue, messages, options);
    reach("after_queue_send");
    return answer;
  };
  return new Proxy(queue, {
    get(target, name) {
      if (name === "sendBatch") return sendBatch;
      if (name === "send") {
        return async (body: Body, options?: QueueSendOptions) => sendBatch([{ body, ...options }]);
      }
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}

async function carry<Body>(
  queue: Queue<Body>,
  messages: MessageSendRequest<Body>[],
  options?: QueueSendBatchOptions,
): Promise<QueueSendBatchResponse> {
  const how = presentFaults().queue;
  if (how !== "works") feel("queue");
  switch (how) {
    case "works":
      return queue.sendBatch(messages, options);
    case "loses":
      return { metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } };
    case "repeats":
      await queue.sendBatch(messages, options);
      return queue.sendBatch(messages, options);
    case "delays":
      return queue.sendBatch(messages, { ...options, delaySeconds: DELAY_SECONDS });
    case "reorders":
      return queue.sendBatch(
        messages.map((message, index) => ({ ...message, delaySeconds: (index + 1) % 3 })),
        options,
      );
    case "refuses":
      throw new Error("the lab's queue refuses");
  }
}
