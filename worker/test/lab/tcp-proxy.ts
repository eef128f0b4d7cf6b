import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/**
 * What a link does. Bytes that do not get through are held, not dropped: that is what TCP makes of
 * a network that heals. `up` is from the side that dials.
 *
 * - `pass`: everything gets through.
 * - `refuse`: connections are reset, new ones at once.
 * - `silent`: nothing gets through either way, and nobody is told.
 * - `no_up`, `no_down`: the same, one way only.
 * - `half_open`: connections are reset; new ones are taken, swallow all, and never answer.
 */
export const linkModes = ["pass", "refuse", "silent", "no_up", "no_down", "half_open"] as const;
export type LinkMode = (typeof linkModes)[number];

export type Flapping = { downMs: number; upMs: number };

type Pair = { near: Socket; far: Socket; up: Way; down: Way };

/** One link between two parts: dial `port` to reach the target, as far as the mode lets it through. */
export class TcpProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #target: number;
  readonly #pairs = new Set<Pair>();
  /** Taken while the link was half open: there is nothing at the other end. */
  readonly #stranded = new Set<Socket>();
  #mode: LinkMode = "pass";
  #flap: NodeJS.Timeout | null = null;

  private constructor(server: Server, target: number) {
    this.#server = server;
    this.#target = target;
    server.on("connection", (socket) => this.#take(socket));
  }

  /** A link to a port of this machine. */
  static async open(target: number): Promise<TcpProxy> {
    // Half-closed connections stay so: one side may go on after the other has said its last.
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new TcpProxy(server, target);
  }

  get port(): number {
    const address: AddressInfo | string | null = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("The link is closed.");
    return address.port;
  }

  get mode(): LinkMode {
    return this.#mode;
  }

  /** From now on, for connections that there are and for new ones. */
  set(mode: LinkMode): void {
    this.#stopFlapping();
    this.#turn(mode);
  }

  /** Breaks and mends the link by turns until `set` is called. */
  flap({ downMs, upMs }: Flapping): void {
    this.#stopFlapping();
    const turn = (isDown: boolean): void => {
      this.#turn(isDown ? "refuse" : "pass");
      this.#flap = setTimeout(() => turn(!isDown), isDown ? downMs : upMs);
    };
    turn(true);
  }

  /** Resets every connection that there is, as a router does that has forgotten them. */
  reset(): void {
    for (const { near, far } of this.#pairs) {
      near.resetAndDestroy();
      far.resetAndDestroy();
    }
    for (const socket of this.#stranded) socket.resetAndDestroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopFlapping();
    const closed = once(this.#server, "close");
    this.#server.close();
    this.reset();
    await closed;
  }

  #stopFlapping(): void {
    if (this.#flap !== null) clearTimeout(this.#flap);
    this.#flap = null;
  }

  #turn(mode: LinkMode): void {
    this.#mode = mode;
    if (mode === "refuse" || mode === "half_open") this.reset();
    if (mode === "pass") for (const socket of this.#stranded) socket.resetAndDestroy();
    for (const pair of this.#pairs) this.#apply(pair);
  }

  #take(near: Socket): void {
    near.on("error", () => near.destroy());
    if (this.#mode === "refuse") {
      near.resetAndDestroy();
      return;
    }
    if (this.#mode === "half_open") {
      this.#stranded.add(near);
      near.once("close", () => this.#stranded.delete(near));
      near.resume();
      return;
    }
    const far = connect({ port: this.#target, host: "127.0.0.1", allowHalfOpen: true });
    far.setNoDelay(true);
    far.on("error", () => far.destroy());
    const pair: Pair = { near, far, up: new Way(near, far), down: new Way(far, near) };
    this.#pairs.add(pair);
    const ended = (): void => {
      if (near.closed && far.closed) this.#pairs.delete(pair);
      else this.#apply(pair);
    };
    near.once("close", ended);
    far.once("close", ended);
    this.#apply(pair);
  }

  #apply({ up, down }: Pair): void {
    up.open(this.#mode !== "silent" && this.#mode !== "no_up");
    down.open(this.#mode !== "silent" && this.#mode !== "no_down");
  }
}

/** One direction of a connection: lets bytes, and the news of its end, through or holds them. */
class Way {
  readonly #from: Socket;
  readonly #to: Socket;
  #isOpen = true;

  constructor(from: Socket, to: Socket) {
    this.#from = from;
    this.#to = to;
    from.on("data", (bytes) => {
      if (to.writable && !to.write(bytes)) from.pause();
    });
    to.on("drain", () => {
      if (this.#isOpen) from.resume();
    });
    from.on("end", () => to.end());
  }

  open(isOpen: boolean): void {
    this.#isOpen = isOpen;
    if (!isOpen) this.#from.pause();
    else if (this.#from.closed) this.#to.destroy();
    else if (!this.#to.writableNeedDrain) this.#from.resume();
  }
}
