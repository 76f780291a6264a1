import writeExcel, { type SheetData } from 'write-excel-file/node';
import type { AttendanceEvent } from '../domain/attendance.js';
import { COLUMNS, CSV_HEADER, csvLine, eventCells, type NameOf } from './csv.js';

export const EXPORT_FORMATS = ['csv', 'json', 'xlsx'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** Days one after the other: only one of them is in memory (a spreadsheet is built in memory as a whole). */
export type Days = AsyncIterable<readonly AttendanceEvent[]>;

/** Pieces of an export in the order in which they are written. */
export async function* exportDays(
  days: Days,
  format: ExportFormat,
  nameOf: NameOf,
): AsyncGenerator<string | Uint8Array> {
  if (format === 'csv') yield* exportCsv(days, nameOf);
  else if (format === 'json') yield* exportJson(days, nameOf);
  else yield await exportSheet(days, nameOf);
}

async function* exportCsv(days: Days, nameOf: NameOf): AsyncGenerator<string> {
  yield CSV_HEADER;
  for await (const events of days) yield events.map((event) => csvLine(event, nameOf)).join('');
}

/** A JSON array of the whole events, each with the person's name. */
async function* exportJson(days: Days, nameOf: NameOf): AsyncGenerator<string> {
  let separator = '[\n';
  for await (const events of days) {
    for (const event of events) {
      const name = event.person === null ? undefined : nameOf(event.person.id);
      yield `${separator}${JSON.stringify(name === undefined ? event : { ...event, name })}`;
      separator = ',\n';
    }
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n';
}

async function exportSheet(days: Days, nameOf: NameOf): Promise<Uint8Array> {
  const rows: SheetData = [COLUMNS.map((value) => ({ value, type: String, fontWeight: 'bold' }))];
  for await (const events of days) {
    for (const event of events) rows.push(eventCells(event, nameOf).map((value) => ({ value, type: String })));
  }
  const columns = [
    { width: 30 },
    { width: 16 },
    { width: 14 },
    { width: 28 },
    { width: 12 },
    { width: 24 },
    { width: 38 },
    { width: 38 },
  ];
  return writeExcel(rows, { columns, stickyRowsCount: 1, sheet: 'Attendance' }).toBuffer();
}
