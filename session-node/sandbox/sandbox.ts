import "./quiet.ts";
import "../src/whatsapp/key-objects.ts";
import { assertLoopback } from "./config.ts";
import { restorePending } from "./network/delivery.ts";
import { Network } from "./network/network.ts";
import { listen } from "./server.ts";
import { loadServerIdentity } from "./storage/server-identity.ts";
import { Store } from "./storage/store.ts";

export type SandboxOptions = {
  /** Where phones, pairings and the ledger are kept. */
  directory: string;
  /** 0 picks a free one. */
  port: number;
  /** Loopback, and nothing else. */
  host?: string;
};

/** A running WhatsApp network. */
export type Sandbox = AsyncDisposable & {
  readonly port: number;
  /** The control API and the page. */
  readonly url: string;
  /** What a client connects to. */
  readonly webSocketUrl: string;
  /** The 32 bytes a client pins in place of WhatsApp's own root. */
  readonly rootPublicKey: Buffer;
  /** For tests in the same process that look inside. */
  readonly network: Network;
};

/** Starts the sandbox. Leaving the scope of `await using` closes it and writes what is left. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { directory, port, host = "127.0.0.1" } = options;
  assertLoopback(host);

  const store = new Store(directory);
  const network = new Network(store, loadServerIdentity(store));
  await restorePending(network);
  await store.durable();
  const listening = await listen(network, { host, port }).catch((error: unknown) => {
    store[Symbol.dispose]();
    throw error;
  });

  const authority = `${host.includes(":") ? `[${host}]` : host}:${listening.port}`;
  return {
    port: listening.port,
    url: `http://${authority}`,
    webSocketUrl: `ws://${authority}/ws/chat`,
    rootPublicKey: network.identity.root.public,
    network,
    [Symbol.asyncDispose]: async () => {
      await listening.close();
      store[Symbol.dispose]();
    },
  };
}
