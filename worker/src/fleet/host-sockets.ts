import type { EdgeFrame, Load } from "@roost/contract/host";

/** What the runtime keeps with a socket while the object sleeps. */
export type Attachment = {
  host: string;
  /** Null before its hello, and when it no longer speaks for the host. */
  incarnation: string | null;
  acked: number;
  seenAt: number;
  /** Null before its hello. */
  load: Load | null;
  /** The host's own word: it gives everything back and takes nothing. */
  isDraining: boolean;
  isUnwell: boolean;
};

/** The sockets that a host has open: one speaks for it, others are on their way in or out. */
export class HostSockets {
  private readonly ctx: DurableObjectState;

  constructor(ctx: DurableObjectState) {
    this.ctx = ctx;
  }

  accept(ws: WebSocket, host: string): void {
    this.ctx.acceptWebSocket(ws);
    attach(ws, {
      host,
      incarnation: null,
      acked: 0,
      seenAt: Date.now(),
      load: null,
      isDraining: false,
      isUnwell: false,
    });
  }

  /** The socket that said hello, if the host is connected. */
  current(except?: WebSocket): WebSocket | null {
    const sockets = this.ctx.getWebSockets();
    return (
      sockets.find(
        (ws) =>
          ws !== except &&
          ws.readyState === WebSocket.OPEN &&
          attachmentOf(ws).incarnation !== null,
      ) ?? null
    );
  }

  /** When the host was last heard: its pings are answered by the runtime, which wakes nobody. */
  seenAt(ws: WebSocket): number {
    const pingedAt = this.ctx.getWebSocketAutoResponseTimestamp(ws)?.getTime() ?? 0;
    return Math.max(attachmentOf(ws).seenAt, pingedAt);
  }

  /** Closes a socket that no longer speaks for the host. */
  detach(ws: WebSocket): void {
    attach(ws, { ...attachmentOf(ws), incarnation: null });
    ws.close(1000, "replaced or silent");
  }

  detachOthers(ws: WebSocket): void {
    for (const other of this.ctx.getWebSockets()) if (other !== ws) this.detach(other);
  }

  /** How far this process was acknowledged, as far as a socket of it remembers; 0 is always safe. */
  ackedOf(incarnation: string): number {
    const sockets = this.ctx.getWebSockets().map(attachmentOf);
    return Math.max(0, ...sockets.filter((s) => s.incarnation === incarnation).map((s) => s.acked));
  }
}

export function attach(ws: WebSocket, attachment: Attachment): void {
  ws.serializeAttachment(attachment);
}

/** What `attach` put there; every accepted socket has it. */
export function attachmentOf(ws: WebSocket): Attachment {
  return ws.deserializeAttachment() as Attachment;
}

/** False when it closed meanwhile; the hello of the next socket makes up for what was missed. */
export function sendFrame(ws: WebSocket, frame: EdgeFrame): boolean {
  try {
    ws.send(JSON.stringify(frame));
    return true;
  } catch {
    return false;
  }
}
