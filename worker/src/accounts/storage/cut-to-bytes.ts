/** The beginning of a text that is at most so many bytes of UTF-8; it never ends within a character. */
export function cutToBytes(text: string, maxBytes: number): string {
  // No unit of a text is more than three bytes.
  if (text.length * 3 <= maxBytes) return text;
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(maxBytes));
  return text.slice(0, read);
}
