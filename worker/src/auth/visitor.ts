/** Who is at the door before anybody knows who they are. */
export type Visitor = {
  /** Where they come from, as `addressOf` writes it. */
  address: string;
  /** The token of a session that their browser still holds. */
  sessionToken: string | null;
};

/**
 * What counts as one place: an IPv4 address, or an IPv6 network of 64 bits, since every customer of a
 * provider has a whole one to draw from.
 */
export function addressOf(ip: string | undefined): string {
  if (ip === undefined || ip === "") return "unknown";
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip);
  if (mapped?.[1] !== undefined) return mapped[1];
  if (!ip.includes(":")) return ip;
  const [head = "", tail] = ip.toLowerCase().split("::");
  const start = head === "" ? [] : head.split(":");
  const end = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - start.length - end.length);
  const groups = [...start, ...Array.from({ length: zeros }, () => "0"), ...end];
  const network = groups.slice(0, 4).map((group) => group.replace(/^0+(?=.)/, ""));
  return `${network.join(":")}::/64`;
}
