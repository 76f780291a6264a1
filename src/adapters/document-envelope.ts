import { createHash } from 'node:crypto';

/** What the text of a document file holds, or why it cannot be trusted. */
export type DecodedDocument =
  | { readonly kind: 'good'; readonly version: number; readonly data: unknown }
  | { readonly kind: 'bad'; readonly reason: string };

const HEAD = /^\{"vestibule":1,"version":(0|[1-9]\d{0,8}),"sha256":"([0-9a-f]{64})","data":/;
const TAIL = '}\n';

function digest(version: number, dataText: string): string {
  return createHash('sha256').update(`${version}\n`).update(dataText).digest('hex');
}

/**
 * Text of a document file: `{"vestibule":1,"version":V,"sha256":"…","data":…}` and a line feed, compact JSON.
 * The hash covers the version and the exact text of the data.
 */
export function encodeDocument(version: number, data: unknown): string {
  const dataText = JSON.stringify(data);
  return `{"vestibule":1,"version":${version},"sha256":"${digest(version, dataText)}","data":${dataText}${TAIL}`;
}

/** Reads the text of a document file; every byte outside the hashed data must be exactly as written. */
export function decodeDocument(text: string): DecodedDocument {
  if (text.length === 0) return { kind: 'bad', reason: 'the file is empty' };
  const head = HEAD.exec(text);
  if (head === null) return { kind: 'bad', reason: 'the beginning is not that of a Vestibule document' };
  if (!text.endsWith(TAIL)) return { kind: 'bad', reason: 'the end is missing' };
  const version = Number(head[1]);
  const dataText = text.slice(head[0].length, -TAIL.length);
  if (digest(version, dataText) !== head[2]) return { kind: 'bad', reason: 'the checksum does not match' };
  try {
    return { kind: 'good', version, data: JSON.parse(dataText) };
  } catch {
    return { kind: 'bad', reason: 'the data is not JSON' };
  }
}
