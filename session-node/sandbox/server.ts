import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { answerControl } from "./control/answer.ts";
import { isAllowedCaller } from "./control/callers.ts";
import { Connection, type ConnectionOwner } from "./network/connection.ts";
import { onClosed, onOpened } from "./network/login.ts";
import type { Network } from "./network/network.ts";
import { dispatch } from "./stanzas/dispatch.ts";

const SOCKET_PATH = "/ws/chat";

/** Listens: the WhatsApp side on `/ws/chat`, the control API and the page on everything else. */
export async function listen(
  network: Network,
  { host, port }: { host: string; port: number },
): Promise<{ server: Server; port: number; close: () => Promise<void> }> {
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  const owner = connectionOwner(network);
  const server = createServer((request, response) => {
    void answerControl(network, request, response);
  });
  server.on("upgrade", (request, socket, head) => {
    const status = refusalOfUpgrade(network, request);
    if (status) return refuseUpgrade(socket, status);
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const connection = new Connection(webSocket, owner);
      network.connections.add(connection);
      network.counters.connections++;
      webSocket.on("close", () => onClosed(network, connection));
    });
  });

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  return {
    server,
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const connection of network.connections) connection.cut();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function connectionOwner(network: Network): ConnectionOwner {
  return {
    identity: network.identity,
    onOpened: (connection, opened) => onOpened(network, connection, opened),
    onNode: (connection, node) => dispatch(network, connection, node),
    onFailure: (_connection, error) => network.noteFailure(error),
  };
}

function refusalOfUpgrade(network: Network, request: IncomingMessage): number | null {
  const { pathname } = new URL(request.url ?? "/", "http://localhost");
  if (pathname !== SOCKET_PATH) return 404;
  if (!isAllowedCaller({ host: request.headers.host })) return 403;
  return network.faults.take("refuse_upgrade")?.status ?? null;
}

function refuseUpgrade(socket: Duplex, status: number): void {
  socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
