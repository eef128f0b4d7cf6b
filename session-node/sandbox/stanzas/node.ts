import { randomBytes } from "node:crypto";
import { type BinaryNode, getBinaryNodeChild } from "@whiskeysockets/baileys";
import { readBigEndian } from "../signal/keys.ts";

type Attributes = Readonly<Record<string, string | undefined>>;

/** A stanza or a part of one. Attributes that are undefined are left out. */
export function element(
  tag: string,
  attributes: Attributes = {},
  content?: BinaryNode[] | Uint8Array,
): BinaryNode {
  const attrs: Record<string, string> = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) attrs[name] = value;
  }
  return content === undefined ? { tag, attrs } : { tag, attrs, content };
}

/** The first part, whatever it is called. */
export function firstChild(node: BinaryNode): BinaryNode | undefined {
  return Array.isArray(node.content) ? node.content[0] : undefined;
}

/** The parts, of this name when one is given. */
export function children(node: BinaryNode | undefined, tag?: string): BinaryNode[] {
  if (!node || !Array.isArray(node.content)) return [];
  return tag === undefined ? node.content : node.content.filter((part) => part.tag === tag);
}

/** The bytes of the named part; throws when the client left it out. */
export function bytesOf(node: BinaryNode | undefined, tag: string): Buffer {
  const content = getBinaryNodeChild(node, tag)?.content;
  if (content instanceof Uint8Array) return Buffer.from(content);
  throw new Error(`<${node?.tag ?? "?"}> has no bytes in <${tag}>.`);
}

/** The number in the named part. */
export function numberOf(node: BinaryNode | undefined, tag: string): number {
  return readBigEndian(bytesOf(node, tag));
}

/** The text in a part, whichever way it was encoded. */
export function textOf(node: BinaryNode | undefined): string | undefined {
  if (typeof node?.content === "string") return node.content;
  return node?.content instanceof Uint8Array ? Buffer.from(node.content).toString() : undefined;
}

/** A stanza id nobody used before. */
export function newId(bytes = 8): string {
  return randomBytes(bytes).toString("hex").toUpperCase();
}

/** WhatsApp counts time in seconds. */
export function seconds(atMs = Date.now()): string {
  return String(Math.floor(atMs / 1000));
}
