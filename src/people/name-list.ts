import { VestibuleError } from '../domain/errors.js';

/** Name and number for one picture or folder. */
export interface NameListRow {
  readonly name: string;
  readonly externalId?: string;
}

/**
 * Reads a mapping `file,name[,external id]`, one row a picture or folder, with quoted fields (RFC 4180) and an
 * optional header row that begins with `file,`.
 * @throws VestibuleError `input_invalid` naming the line
 */
export function parseNameList(text: string): ReadonlyMap<string, NameListRow> {
  const rows = new Map<string, NameListRow>();
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
  lines.forEach((line, index) => {
    if (line.trim() === '') return;
    const fields = splitLine(line);
    if (fields === undefined)
      throw new VestibuleError('input_invalid', `Line ${index + 1} of the name list has an open quotation mark.`);
    const [file = '', name = '', externalId = '', ...rest] = fields.map((field) => field.trim());
    if (index === 0 && file.toLowerCase() === 'file') return;
    if (file === '' || name === '' || rest.length > 0)
      throw new VestibuleError(
        'input_invalid',
        `Line ${index + 1} of the name list must be: file,name or file,name,personnel number.`,
      );
    if (rows.has(file)) throw new VestibuleError('input_invalid', `Line ${index + 1}: ${file} is named twice.`);
    rows.set(file, externalId === '' ? { name } : { name, externalId });
  });
  return rows;
}

function splitLine(line: string): string[] | undefined {
  const fields: string[] = [];
  let field = '';
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const c = line[i]!;
    if (quoted) {
      if (c !== '"') field += c;
      else if (line[i + 1] === '"') field += line[++i];
      else quoted = false;
    } else if (c === '"' && field.trim() === '') {
      quoted = true;
      field = '';
    } else if (c === ',') {
      fields.push(field);
      field = '';
    } else field += c;
  }
  if (quoted) return undefined;
  return [...fields, field];
}
