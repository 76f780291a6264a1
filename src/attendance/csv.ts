import { stringify } from 'csv-stringify/sync';
import type { AttendanceEvent } from '../domain/attendance.js';

/** The name of a person, or undefined when nobody of that id is enrolled any more. */
export type NameOf = (personId: string) => string | undefined;

/** Columns of every table of attendance. */
export const COLUMNS = [
  'time',
  'person_id',
  'external_id',
  'name',
  'direction',
  'factors',
  'event_id',
  'corrects',
] as const;

/**
 * A cell that no spreadsheet takes for a formula. Leading spaces and full-width signs count as well, which
 * csv-stringify's own `escape_formulas` lets pass; NUL, which ends a text for many readers, becomes U+FFFD.
 */
export function safeCell(text: string): string {
  const clean = text.replaceAll('\0', '\uFFFD');
  return /^\s*[=+\-@＝＋－＠]|^[\t\r]/.test(clean) ? `'${clean}` : clean;
}

/** The cells of one event in the order of `COLUMNS`. */
export function eventCells(event: AttendanceEvent, nameOf: NameOf): string[] {
  const passed = event.factors.filter((factor) => factor.outcome === 'passed');
  return [
    event.at,
    event.person?.id ?? '',
    event.person?.externalId ?? '',
    event.person === null ? '' : (nameOf(event.person.id) ?? ''),
    event.type,
    passed.map((factor) => (factor.channel === undefined ? factor.kind : `${factor.kind}:${factor.channel}`)).join(' '),
    event.id,
    event.corrects ?? '',
  ].map(safeCell);
}

function lines(rows: readonly (readonly string[])[]): string {
  return stringify(rows as string[][], { escape_formulas: true });
}

/** The first line of a CSV file. */
export const CSV_HEADER = lines([COLUMNS]);

/** One line for one event, with its line feed. */
export function csvLine(event: AttendanceEvent, nameOf: NameOf): string {
  return lines([eventCells(event, nameOf)]);
}

/** The whole CSV text of a day. */
export function csvOfDay(events: readonly AttendanceEvent[], nameOf: NameOf): string {
  return CSV_HEADER + lines(events.map((event) => eventCells(event, nameOf)));
}

/** Data rows of a CSV text; a line feed inside quotes does not end a row. */
export function countRows(text: string): number {
  let rows = 0;
  let isQuoted = false;
  for (const character of text) {
    if (character === '"') isQuoted = !isQuoted;
    else if (character === '\n' && !isQuoted) rows += 1;
  }
  return Math.max(0, rows - 1);
}
