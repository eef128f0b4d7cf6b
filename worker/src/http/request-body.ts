import type { HonoRequest } from "hono";
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
  if (c.req.raw.body !== null) {
    const maxBytes = c.req.path === BATCH_PATH ? MAX_BATCH_BYTES : MAX_BODY_BYTES;
    const content = await contentOf(c.req.raw, maxBytes);
    if (content === null) throw tooLarge(maxBytes);
    if (content.byteLength > 0 && !isJson(c.req.header("content-type"))) {
      throw new AppError("unsupported_media_type", "Send `Content-Type: application/json`.");
    }
    const text = textOf(content);
    if (text === null) {
      throw new AppError("malformed_json", "The body is not valid UTF-8, which JSON has to be.");
    }
    remember(c.req, text);
  }
  await next();
});

/** The whole body, or null when it is too long; at once where its length is announced, which binds the sender. */
async function contentOf(
  request: Request,
  maxBytes: number,
): Promise<ArrayBuffer | Uint8Array | null> {
  const announced = request.headers.get("content-length");
  if (announced !== null) return Number(announced) > maxBytes ? null : request.arrayBuffer();
  return request.body === null ? null : readAtMost(request.body, maxBytes);
}

/**
 * Whoever asks for the body next gets this text, without another request being made of it. Hono keeps
 * promises there, whatever its type says.
 */
function remember({ bodyCache }: HonoRequest, text: string): void {
  Object.assign(bodyCache, { text: Promise.resolve(text) });
}

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

/** Null for broken characters: otherwise each would silently become a question mark. */
function textOf(content: ArrayBuffer | Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(content);
  } catch {
    return null;
  }
}

function tooLarge(maxBytes: number): AppError {
  return new AppError(
    "payload_too_large",
    `A request of this kind may have at most ${maxBytes / MIB} MiB.`,
  );
}
