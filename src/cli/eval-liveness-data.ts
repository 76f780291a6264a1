import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { CsvError, parse } from 'csv-parse/sync';
import { z } from 'zod';
import { toError, VestibuleError } from '../domain/errors.js';

/** One row of labels.csv. */
export interface LabelledSource {
  /** As the file names it, relative to its folder. */
  readonly file: string;
  readonly path: string;
  readonly form: 'video' | 'session' | 'still';
  readonly kind: 'live' | 'attack';
  /** What a rate is given for: the label with its medium; stills apart. */
  readonly species: string;
  readonly person?: string;
  /** Part of the clip that counts, seconds. */
  readonly fromS: number;
  readonly toS: number;
}

const COLUMNS = ['file', 'label'] as const;
const MOST_ROWS = 20_000;
const MOST_FAULTS = 20;
const STILL = /\.(jpe?g|png)$/i;

const seconds = z
  .string()
  .refine((text) => text === '' || (Number.isFinite(Number(text)) && Number(text) >= 0), 'must be seconds or empty')
  .transform((text) => (text === '' ? undefined : Number(text)));
const rowSchema = z
  .object({
    file: z
      .string()
      .min(1, 'must not be empty')
      .refine(
        (path) => !posix.isAbsolute(path) && !path.split('/').includes('..'),
        'must be a path below the folder of the labels',
      ),
    label: z
      .string()
      .regex(/^[a-z][a-z0-9_-]{0,30}$/, 'must be live, replay, print, mask or another word in lower case'),
    medium: z.string().default(''),
    person: z.string().default(''),
    score_from_s: seconds.prefault(''),
    score_to_s: seconds.prefault(''),
  })
  .refine(
    ({ score_from_s: from = 0, score_to_s: to = Number.POSITIVE_INFINITY }) => from < to,
    'score_from_s must be less than score_to_s',
  );

/**
 * Reads labels.csv: columns file and label, optional medium, person, score_from_s, score_to_s; others are ignored.
 * Throws `input_invalid` with every fault and its line.
 */
export async function readLabels(path: string): Promise<readonly LabelledSource[]> {
  const text = await readFile(path, 'utf8').catch((thrown: unknown) => {
    const cause = toError(thrown);
    throw new VestibuleError('input_invalid', `${path} cannot be read: ${cause.message}`, { cause });
  });
  const [header, ...rows] = records(path, text);
  const columns = header?.record ?? [];
  const missing = COLUMNS.filter((name) => !columns.includes(name));
  if (missing.length > 0)
    throw new VestibuleError('input_invalid', `${path} lacks the column(s) ${missing.join(', ')}.`);
  if (rows.length === 0) throw new VestibuleError('input_invalid', `${path} names no file.`);
  if (rows.length > MOST_ROWS) throw new VestibuleError('input_invalid', `${path} has more than ${MOST_ROWS} rows.`);
  const faults: string[] = [];
  const sources = rows.flatMap(({ record, info }) => {
    const fault = (words: string): void => void faults.push(`line ${info.lines}: ${words}`);
    if (record.length !== columns.length) {
      fault(`${record.length} columns instead of ${columns.length}`);
      return [];
    }
    const parsed = rowSchema.safeParse(Object.fromEntries(columns.map((name, index) => [name, record[index] ?? ''])));
    if (!parsed.success) {
      for (const issue of parsed.error.issues)
        fault(`${issue.path.length > 0 ? `${issue.path.join('.')} ` : ''}${issue.message}`);
      return [];
    }
    const source = sourceOf(dirname(path), parsed.data);
    if (source === undefined) {
      fault(`${parsed.data.file} does not exist`);
      return [];
    }
    return [source];
  });
  if (faults.length === 0) return sources;
  const shown = faults.slice(0, MOST_FAULTS);
  const more = faults.length > shown.length ? `\n  … and ${faults.length - shown.length} more` : '';
  throw new VestibuleError('input_invalid', `${path} has faults:\n  ${shown.join('\n  ')}${more}`);
}

function records(path: string, text: string): { record: string[]; info: { lines: number } }[] {
  try {
    const options = { bom: true, trim: true, skip_empty_lines: true, info: true, relax_column_count: true };
    return parse(text, options) as never;
  } catch (thrown) {
    if (!(thrown instanceof CsvError)) throw thrown;
    throw new VestibuleError('input_invalid', `${path} is no CSV table: ${thrown.message}.`);
  }
}

function sourceOf(folder: string, row: z.infer<typeof rowSchema>): LabelledSource | undefined {
  const { file, label, medium, person, score_from_s: fromS = 0, score_to_s: toS = Number.POSITIVE_INFINITY } = row;
  const path = join(folder, file);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  const form = found.isDirectory() ? 'session' : STILL.test(file) ? 'still' : 'video';
  const species = `${label}${medium === '' ? '' : `, ${medium}`}${form === 'still' ? ' (stills)' : ''}`;
  return {
    file,
    path,
    form,
    kind: label === 'live' ? 'live' : 'attack',
    species,
    ...(person !== '' && { person }),
    fromS,
    toS,
  };
}
