import type { BinaryNode, WASocket } from "@whiskeysockets/baileys";
import { type Receipt, translateReceipt } from "./translate-receipt.ts";

type Holding = {
  /** Hands on what was said; resolves when it is durable. */
  tell: (receipt: Receipt) => Promise<void>;
  /** A connection that has ended cannot acknowledge anything. */
  hasEnded: () => boolean;
};

/** WhatsApp forgets a receipt that was acknowledged: Baileys gets it, and says that, when it is durable. */
export function holdReceipts({ ws }: Pick<WASocket, "ws">, { tell, hasEnded }: Holding): void {
  for (const listener of ws.listeners("CB:receipt")) {
    ws.off("CB:receipt", listener as (...args: unknown[]) => void);
    ws.on("CB:receipt", (node: BinaryNode) => {
      // From the raw stanza, because Baileys may hold its own events back for half a minute.
      const receipt = translateReceipt(node);
      const acknowledge = (): unknown => (hasEnded() ? undefined : listener.call(ws, node));
      if (receipt) void tell(receipt).then(acknowledge);
      else acknowledge();
    });
  }
}
