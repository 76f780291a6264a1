import { CsvError, parse } from 'csv-parse/sync';
import { VestibuleError } from '../domain/errors.js';
import { IMPORT_COLUMNS, type ImportColumn, type ImportRow } from '../people/import-plan.js';

/** More is no list of people. */
export const IMPORT_MAX_BYTES = 8 * 1024 * 1024;

/**
 * Rows of a CSV file with a header (RFC 4180; `;` instead of `,` where the header has it, as spreadsheets write).
 * @throws VestibuleError `input_invalid` when it cannot be read as a table with these columns
 */
export function parsePeopleCsv(text: string): readonly ImportRow[] {
  const header = text.replace(/^\ufeff/, '').split(/\r?\n/, 1)[0] ?? '';
  const delimiter = header.includes(';') && !header.includes(',') ? ';' : ',';
  let records: { record: string[]; info: { lines: number } }[];
  try {
    records = parse(text, { bom: true, delimiter, trim: true, skip_empty_lines: true, info: true }) as never;
  } catch (thrown) {
    if (!(thrown instanceof CsvError)) throw thrown;
    throw new VestibuleError('input_invalid', `The file is no CSV table: ${thrown.message}.`);
  }
  const columns = records.shift()?.record.map((name) => name.toLowerCase()) ?? [];
  const unknown = columns.filter((name) => !IMPORT_COLUMNS.some((known) => known === name));
  if (!columns.includes('name') || unknown.length > 0 || new Set(columns).size < columns.length)
    throw new VestibuleError(
      'input_invalid',
      `The first line must name the columns: name and any of ${IMPORT_COLUMNS.slice(1).join(', ')}, each once.${unknown.length > 0 ? ` Not known: ${unknown.join(', ')}.` : ''}`,
    );
  return records.map(({ record, info }) => ({
    line: info.lines,
    fields: Object.fromEntries(IMPORT_COLUMNS.map((name) => [name, record[columns.indexOf(name)] ?? ''])) as Record<
      ImportColumn,
      string
    >,
  }));
}
