import { createMiddleware } from "hono/factory";
import { AppError } from "../errors.ts";
import type { AppEnv } from "./router.ts";

const MIB = 1024 * 1024;
/** The most a request may carry. */
export const MAX_BODY_BYTES = MIB;
/** A thousand texts of the greatest length in most of the world's scripts. */
const MAX_BATCH_BYTES = 8 * MIB;
const BATCH_PATH = "/v1/messages/batch";

/** Reads the body up to the bound, whatever length was announced, and accepts JSON alone. */
export const requestBody = createMiddleware<AppEnv>(async (c, next) => {
  const { body } = c.req.raw;
  if (body !== null) {
    const maxBytes = c.req.path === BATCH_PATH ? MAX_BATCH_BYTES : MAX_BODY_BYTES;
    if (Number(c.req.header("content-length") ?? 0) > maxBytes) throw tooLarge(maxBytes);
    const content = await readAtMost(body, maxBytes);
    if (content === null) throw tooLarge(maxBytes);
    if (content.length > 0 && !isJson(c.req.header("content-type"))) {
      throw new AppError("unsupported_media_type", "Send `Content-Type: application/json`.");
    }
    if (!isUtf8(content)) {
      throw new AppError("malformed_json", "The body is not valid UTF-8, which JSON has to be.");
    }
    c.req.raw = new Request(c.req.raw, { method: c.req.method, body: content });
  }
  await next();
});

/** All of the stream, or null as soon as it is longer than allowed. */
export async function readAtMost(
  stream: ReadableStream<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > maxBytes) {
      await reader.cancel();
      return null;
    }
    chunks.push(value);
  }
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}

function isJson(contentType: string | undefined): boolean {
  return /^application\/json\s*(;|$)/i.test(contentType ?? "");
}

/** Otherwise each broken character would silently become a question mark. */
function isUtf8(content: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(content);
    return true;
  } catch {
    return false;
  }
}

function tooLarge(maxBytes: number): AppError {
  return new AppError(
    "payload_too_large",
    `A request of this kind may have at most ${maxBytes / MIB} MiB.`,
  );
}
