import { z } from "zod";

const PhoneMessage = z.object({
  from: z.string(),
  to: z.string(),
  wa_id: z.string(),
  type: z.string(),
  text: z.string().nullable().optional(),
  at: z.string(),
});
export type PhoneMessage = z.infer<typeof PhoneMessage>;

const LedgerRow = z.object({
  n: z.number(),
  at: z.string(),
  account: z.string(),
  /** 0 is the phone itself. */
  device: z.number(),
  to: z.string(),
  wa_id: z.string(),
});
export type LedgerRow = z.infer<typeof LedgerRow>;

/** A fault of the network: how often it has struck, and how often it still will (null: until it is ended). */
export const NetworkFault = z.object({
  id: z.number(),
  applied: z.number(),
  remaining: z.number().nullable(),
});
export type NetworkFault = z.infer<typeof NetworkFault>;

const Delivered = z.object({ wa_id: z.string() });

/** The people on the other side: the sandbox's phones, over its control API. */
export class Phones {
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  async post(path: string, body: object): Promise<unknown> {
    return this.#request("POST", path, body);
  }

  async put(path: string, body: object): Promise<unknown> {
    return this.#request("PUT", path, body);
  }

  async delete(path: string): Promise<unknown> {
    return this.#request("DELETE", path);
  }

  async messages(number: string): Promise<PhoneMessage[]> {
    return z
      .array(PhoneMessage)
      .parse(await this.#request("GET", `/phones/${number}/messages?limit=10000`));
  }

  /** Ids of the messages that the network regards as delivered to this phone's companions. */
  async delivered(number: string): Promise<string[]> {
    const rows = z
      .array(Delivered)
      .parse(await this.#request("GET", `/phones/${number}/delivered`));
    return rows.map(({ wa_id }) => wa_id);
  }

  /** The network's faults that are not over. */
  async faults(): Promise<NetworkFault[]> {
    return z.array(NetworkFault).parse(await this.#request("GET", "/faults"));
  }

  /** Every message stanza that the network saw, in order. */
  async ledger(): Promise<LedgerRow[]> {
    const all: LedgerRow[] = [];
    for (;;) {
      const path = `/ledger?since=${all.at(-1)?.n ?? 0}`;
      const rows = z.array(LedgerRow).parse(await this.#request("GET", path));
      if (rows.length === 0) return all;
      all.push(...rows);
    }
  }

  async #request(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === "" ? null : JSON.parse(text);
  }
}
