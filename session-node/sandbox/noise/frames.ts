const EMPTY = Buffer.alloc(0);
const LENGTH_BYTES = 3;
/** "WA", protocol version 6, dictionary version 3. */
const WHATSAPP_HEADER = Buffer.from([0x57, 0x41, 6, 3]);
const ROUTING_HEADER_BYTES = 7;

/** A frame as it travels: three bytes of length, then the bytes. */
export function frame(bytes: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(bytes.length + LENGTH_BYTES);
  framed.writeUIntBE(bytes.length, 0, LENGTH_BYTES);
  framed.set(bytes, LENGTH_BYTES);
  return framed;
}

/** Cuts the byte stream of one client into its introduction and its frames. */
export class FrameReader {
  /** The four bytes every client starts with; part of what the handshake hashes. */
  header: Buffer | null = null;
  /** What the client sends ahead when the server once gave it a route. */
  routingInfo: Buffer | null = null;
  private rest: Buffer = EMPTY;

  /** The frames completed by these bytes. */
  *read(bytes: Buffer): Generator<Buffer> {
    this.rest = this.rest.length > 0 ? Buffer.concat([this.rest, bytes]) : bytes;
    if (!this.header && !this.readIntroduction()) return;

    while (this.rest.length >= LENGTH_BYTES) {
      const end = LENGTH_BYTES + this.rest.readUIntBE(0, LENGTH_BYTES);
      if (this.rest.length < end) return;
      const complete = this.rest.subarray(LENGTH_BYTES, end);
      this.rest = this.rest.subarray(end);
      yield complete;
    }
  }

  private readIntroduction(): boolean {
    if (this.rest.length >= ROUTING_HEADER_BYTES && this.rest.toString("latin1", 0, 2) === "ED") {
      // 'E' 'D' 00 01, three bytes of length, routing info
      const end = ROUTING_HEADER_BYTES + this.rest.readUIntBE(4, LENGTH_BYTES);
      if (this.rest.length < end) return false;
      this.routingInfo = this.rest.subarray(ROUTING_HEADER_BYTES, end);
      this.rest = this.rest.subarray(end);
    }
    if (this.rest.length < WHATSAPP_HEADER.length) return false;
    const header = this.rest.subarray(0, WHATSAPP_HEADER.length);
    if (this.routingInfo === null && header.toString("latin1", 0, 2) === "ED") return false;
    if (!header.equals(WHATSAPP_HEADER)) throw new Error("The client does not speak WhatsApp.");
    this.header = header;
    this.rest = this.rest.subarray(WHATSAPP_HEADER.length);
    return true;
  }
}
