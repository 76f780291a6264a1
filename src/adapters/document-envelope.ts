import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';

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

/** Longer texts of records are rather made anew than kept in memory a second time. */
const KEPT_TEXT_MAX = 4096;
/** Bytes that are made and hashed in one turn of the event loop, about a millisecond on a small computer. */
const PIECE_BYTES = 128 * 1024;

/** Texts of records that were written before. A record is frozen and never changes, so its text does not either. */
const textOf = new WeakMap<object, string>();

function recordText(record: unknown): string {
  if (typeof record !== 'object' || record === null || !Object.isFrozen(record))
    return JSON.stringify(record) ?? 'null';
  const known = textOf.get(record);
  if (known !== undefined) return known;
  const text = JSON.stringify(record) ?? 'null';
  if (text.length <= KEPT_TEXT_MAX) textOf.set(record, text);
  return text;
}

/** The text of `data` as JSON.stringify makes it; lists record by record. */
function* textsOf(data: unknown): Generator<string> {
  if (typeof data !== 'object' || data === null || Array.isArray(data) || 'toJSON' in data) {
    yield JSON.stringify(data);
    return;
  }
  let before = '{';
  for (const [key, value] of Object.entries(data)) {
    const text = Array.isArray(value) ? undefined : JSON.stringify(value);
    if (!Array.isArray(value) && text === undefined) continue;
    yield `${before}${JSON.stringify(key)}:`;
    before = ',';
    if (!Array.isArray(value)) {
      yield text ?? '';
      continue;
    }
    let between = '[';
    for (const record of value) {
      yield between + recordText(record);
      between = ',';
    }
    yield between === '[' ? '[]' : ']';
  }
  yield before === '{' ? '{}' : '}';
}

/**
 * The bytes of `encodeDocument`, made in many short turns of the event loop, so that a large document holds nothing up.
 * @param data frozen, with everything in it
 */
export async function encodeInTurns(version: number, data: unknown): Promise<readonly Uint8Array[]> {
  const hash = createHash('sha256').update(`${version}\n`);
  const pieces: Uint8Array[] = [];
  let text = '';
  const flush = (): void => {
    const bytes = Buffer.from(text, 'utf8');
    hash.update(bytes);
    pieces.push(bytes);
    text = '';
  };
  for (const part of textsOf(data)) {
    text += part;
    if (text.length < PIECE_BYTES) continue;
    flush();
    await setImmediate();
  }
  flush();
  const head = `{"vestibule":1,"version":${version},"sha256":"${hash.digest('hex')}","data":`;
  return [Buffer.from(head), ...pieces, Buffer.from(TAIL)];
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
