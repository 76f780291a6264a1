import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import { Refusal } from './refusal.js';

/** Longest JSON body, bytes. */
export const JSON_LIMIT_BYTES = 64 * 1024;
/** Deepest nesting of arrays and objects in a JSON body. */
const JSON_DEPTH_LIMIT = 16;
/** Longest picture, bytes. */
const IMAGE_LIMIT_BYTES = 5 * 1024 * 1024;

/** Collects a body of at most `limit` bytes; 413 beyond it, before the rest is read. */
async function readBytes(request: IncomingMessage, limit: number): Promise<Buffer> {
  const tooLarge = () =>
    new Refusal(413, 'body_too_large', `The body is larger than ${limit} bytes.`, 'Send a smaller body.', {
      Connection: 'close',
    });
  const declared = request.headers['content-length'];
  if (declared !== undefined && Number(declared) > limit) throw tooLarge();
  if (request.headers['content-encoding'] !== undefined) {
    throw new Refusal(415, 'encoding_refused', 'Compressed bodies are not accepted.', 'Send the body uncompressed.');
  }
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limit) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (thrown) {
    if (thrown instanceof Refusal) throw thrown;
    throw new Refusal(400, 'body_cut', 'The body ended early.', 'Send the request again.');
  }
  return Buffer.concat(chunks, size);
}

function mediaType(request: IncomingMessage): string {
  return (request.headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase();
}

/** Deepest nesting of the brackets outside strings; looked at before parsing because deep values break later code. */
export function jsonDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (inString) {
      if (c === 0x5c) i++;
      else if (c === 0x22) inString = false;
    } else if (c === 0x22) inString = true;
    else if (c === 0x5b || c === 0x7b) deepest = Math.max(deepest, ++depth);
    else if (c === 0x5d || c === 0x7d) depth--;
  }
  return deepest;
}

/** Reads, bounds, parses and validates a JSON body; every fault of the schema is named in one answer. */
export async function readJson<T>(request: IncomingMessage, schema: z.ZodType<T>): Promise<T> {
  const mend = 'Correct the request as the message says.';
  if (mediaType(request) !== 'application/json') {
    throw new Refusal(415, 'type_refused', 'The body must be application/json.', mend);
  }
  const bytes = await readBytes(request, JSON_LIMIT_BYTES);
  let value: unknown;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (jsonDepth(text) > JSON_DEPTH_LIMIT) {
      throw new Refusal(400, 'json_too_deep', `The body is nested deeper than ${JSON_DEPTH_LIMIT}.`, mend);
    }
    value = JSON.parse(text);
  } catch (thrown) {
    if (thrown instanceof Refusal) throw thrown;
    throw new Refusal(400, 'json_invalid', 'The body is not valid JSON in UTF-8.', mend);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => {
    const place = issue.path.map(String).join('.');
    const message = issue.code === 'unrecognized_keys' ? 'has keys that are not known' : issue.message;
    return `${place === '' ? 'body' : place}: ${message}`;
  });
  throw new Refusal(400, 'input_invalid', faults.join('; '), mend);
}

const PNG_MAGIC = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
export type ImageType = 'image/jpeg' | 'image/png';

/** Reads a raw picture body of at most 5 MB whose first bytes agree with its type. Pixels are the decoder's concern. */
export async function readImage(request: IncomingMessage, types: readonly ImageType[]): Promise<Uint8Array> {
  const type = mediaType(request);
  const mend = 'Send one JPEG or PNG picture of at most 5 MB as the whole body.';
  if (!types.some((t) => t === type)) {
    throw new Refusal(415, 'type_refused', `The body must be ${types.join(' or ')}.`, mend);
  }
  const bytes = await readBytes(request, IMAGE_LIMIT_BYTES);
  const isJpeg = bytes.length > 4 && bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
  const isPng = bytes.length > 24 && bytes.subarray(0, 8).equals(PNG_MAGIC);
  if (type === 'image/jpeg' ? !isJpeg : !isPng) {
    throw new Refusal(422, 'image_refused', `The body is not a picture of type ${type}.`, mend);
  }
  return bytes;
}
