import { readFile } from 'node:fs/promises';
import { VestibuleError } from '../domain/errors.js';
import type { CollectionSpec, ReadDocument } from '../ports/collection.js';
import { decodeDocument } from './document-envelope.js';
import { errorCode, previousName } from './durable-file.js';

/** One copy of a document as it lies on the disk. */
export type DocumentCopy<T> =
  | { readonly kind: 'good'; readonly data: T; readonly text: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'bad'; readonly reason: string };

/**
 * Reads and validates one copy. Throws `state_version` when it was written by a newer version (its checksum is right,
 * so it is no damage) and `storage_failed` when the disk does not give it out.
 */
export async function readCopy<T>(path: string, spec: CollectionSpec<T>): Promise<DocumentCopy<T>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (thrown) {
    if (errorCode(thrown) === 'ENOENT') return { kind: 'absent' };
    if (errorCode(thrown) === 'EIO') return { kind: 'bad', reason: 'the disk cannot read it (EIO)' };
    throw new VestibuleError('storage_failed', `${spec.file} cannot be read (${errorCode(thrown)}).`, {
      cause: thrown,
      context: { file: spec.file },
    });
  }
  const decoded = decodeDocument(text);
  if (decoded.kind === 'bad') return decoded;
  if (decoded.version > spec.version) {
    throw new VestibuleError(
      'state_version',
      `${spec.file} has version ${decoded.version}; this Vestibule knows version ${spec.version}.`,
      { context: { file: spec.file, version: decoded.version } },
    );
  }
  if (decoded.version < spec.version) return { kind: 'bad', reason: `version ${decoded.version} is not known` };
  const parsed = spec.schema.safeParse(decoded.data);
  if (parsed.success) return { kind: 'good', data: parsed.data, text };
  const issue = parsed.error.issues[0];
  return { kind: 'bad', reason: `${issue?.path.join('.') || 'data'}: ${issue?.message ?? 'not valid'}` };
}

/**
 * Reads a document of a state directory that another process may be writing: no lock is taken, nothing is moved.
 * The previous copy is used where the file is damaged or just being replaced.
 * @param path absolute path of the document
 */
export async function readDocument<T>(path: string, spec: CollectionSpec<T>): Promise<ReadDocument<T>> {
  const file = await readCopy(path, spec);
  if (file.kind === 'good') return { data: file.data, from: 'file' };
  const previous = await readCopy(previousName(path), spec);
  const reason = file.kind === 'bad' ? file.reason : 'the file is missing';
  if (previous.kind === 'good') return { data: previous.data, from: 'previous', reason };
  if (file.kind === 'absent' && previous.kind === 'absent') return { data: spec.initial(), from: 'nothing' };
  return { data: spec.initial(), from: 'nothing', reason };
}
