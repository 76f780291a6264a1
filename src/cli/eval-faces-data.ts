import { readFile } from 'node:fs/promises';
import { posix } from 'node:path';
import { z } from 'zod';
import { toError, VestibuleError } from '../domain/errors.js';

/** One line of pairs.csv; paths relative to the image root. */
export interface FacePair {
  readonly a: string;
  readonly b: string;
  readonly same: boolean;
}

/** One person of people.csv with paths relative to the image root. */
export interface PersonImages {
  readonly name: string;
  readonly images: readonly string[];
}

const relativePath = z
  .string()
  .min(1)
  .refine(
    (path) => !posix.isAbsolute(path) && !path.split('/').includes('..'),
    'must be a path below the image folder',
  );
const pairSchema = z.object({ a: relativePath, b: relativePath, same: z.enum(['0', '1', 'true', 'false']) });
const personSchema = z.object({ name: z.string().min(1), files: z.string().min(1) });

/** Reads pairs.csv (columns a, b, same). Throws `input_invalid` with the line. */
export async function readPairs(path: string): Promise<readonly FacePair[]> {
  const rows = await readTable(path, pairSchema, ['a', 'b', 'same']);
  if (rows.length === 0) throw new VestibuleError('input_invalid', `${path} holds no pair`);
  return rows.map(({ a, b, same }) => ({ a, b, same: same === '1' || same === 'true' }));
}

/** Reads people.csv (columns name, files; files separated by spaces, in the folder `name`). */
export async function readPeople(path: string): Promise<readonly PersonImages[]> {
  const rows = await readTable(path, personSchema, ['name', 'files']);
  return rows.map(({ name, files }) => ({ name, images: files.split(/\s+/).map((file) => `${name}/${file}`) }));
}

async function readTable<T>(path: string, schema: z.ZodType<T>, columns: readonly string[]): Promise<T[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (thrown) {
    const cause = toError(thrown);
    throw new VestibuleError('input_invalid', `${path} cannot be read: ${cause.message}`, { cause });
  }
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const header = (lines[0] ?? '').split(',').map((name) => name.trim());
  const missing = columns.filter((name) => !header.includes(name));
  if (missing.length > 0)
    throw new VestibuleError('input_invalid', `${path} lacks the column(s) ${missing.join(', ')}`);
  return lines.slice(1).flatMap((line, index) => {
    if (line.trim() === '') return [];
    const cells = line.split(',').map((cell) => cell.trim());
    const parsed = schema.safeParse(Object.fromEntries(header.map((name, i) => [name, cells[i] ?? ''])));
    if (parsed.success) return [parsed.data];
    throw new VestibuleError('input_invalid', `${path} line ${index + 2}: ${z.prettifyError(parsed.error)}`);
  });
}
