import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COLUMNS, countRows, csvOfDay, safeCell } from '../../src/attendance/csv.js';
import { dayView } from '../../src/attendance/day-view.js';
import { exportDays } from '../../src/attendance/export.js';
import type { AttendanceEvent } from '../../src/domain/attendance.js';
import { BERLIN, collect, makeEvent } from './events.js';

const HOUR = 3_600_000;
const at = (text: string): number => Date.parse(`2026-11-${text}+01:00`);

async function* days(...lists: AttendanceEvent[][]): AsyncGenerator<readonly AttendanceEvent[]> {
  yield* lists;
}

describe('CSV', () => {
  it('no cell begins a formula', () => {
    const hostile = ['=1+1', '+1', '-1', '@A1', ' =1', '\u00a0=1', '＝1', '＋1', '\t=1', '\rx', '\n=cmd|x', '\t x'];
    for (const name of hostile) {
      const csv = csvOfDay([makeEvent(1, at('21T08:00:00'))], () => name);
      const [, row] = parse(csv) as string[][];
      expect(row![3], JSON.stringify(name)).toBe(`'${name}`);
    }
    expect(safeCell('a\0b')).toBe('a\uFFFDb');
    expect(safeCell('O\'Neill, Zoë "Z"')).toBe('O\'Neill, Zoë "Z"');
  });

  it('every name reads back, and the rows are counted right', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 8 }), (names) => {
        const events = names.map((_, n) => makeEvent(n + 1, at('21T08:00:00') + n, { person: String(n) }));
        const csv = csvOfDay(events, (id) => names[Number(id)]);
        const rows = parse(csv, { columns: true, record_delimiter: '\n' }) as Record<string, string>[];
        expect(rows.map((row) => row.name)).toEqual(names.map(safeCell));
        for (const row of rows) expect(row.name).not.toMatch(/^\s*[=+\-@＝]|^[\t\r]|\0/);
        expect(countRows(csv)).toBe(names.length);
      }),
      { numRuns: 300 },
    );
  });
});

describe('export', () => {
  const first = [makeEvent(1, at('20T08:00:00')), makeEvent(2, at('20T17:00:00'), { type: 'check_out' })];
  const second = [makeEvent(3, at('21T08:00:00'), { person: 'p_unknown' })];
  const nameOf = (id: string): string | undefined => (id === 'p_000000000001' ? '=Anna' : undefined);

  it('CSV has one header and all days', async () => {
    const text = (await collect(exportDays(days(first, second), 'csv', nameOf))).join('');
    const rows = parse(text) as string[][];
    expect(rows[0]).toEqual([...COLUMNS]);
    expect(rows.slice(1).map((row) => [row[3], row[4]])).toEqual([
      ["'=Anna", 'check_in'],
      ["'=Anna", 'check_out'],
      ['', 'check_in'],
    ]);
  });

  it('JSON holds the whole events with names; nothing gives an empty list', async () => {
    const text = (await collect(exportDays(days(first, second), 'json', nameOf))).join('');
    expect(JSON.parse(text)).toEqual([...first.map((event) => ({ ...event, name: '=Anna' })), ...second]);
    expect(JSON.parse((await collect(exportDays(days(), 'json', nameOf))).join(''))).toEqual([]);
  });

  it('the spreadsheet is a ZIP of text cells', async () => {
    const [bytes] = (await collect(exportDays(days(first, second), 'xlsx', nameOf))) as Uint8Array[];
    expect(Buffer.from(bytes!.subarray(0, 2)).toString()).toBe('PK');
    expect(bytes!.length).toBeGreaterThan(2000);
  });
});

describe('day view', () => {
  const rules = { longestPeriodMs: 16 * HOUR, lastOutWins: false };

  it('lists today by person: first in, last out, hours, who is inside', () => {
    const events = [
      makeEvent(1, at('20T08:00:00'), { person: 'yesterday' }),
      makeEvent(2, at('20T16:00:00'), { person: 'yesterday', type: 'check_out' }),
      makeEvent(3, at('20T22:00:00'), { person: 'night' }),
      makeEvent(4, at('21T06:00:00'), { person: 'night', type: 'check_out' }),
      makeEvent(5, at('21T08:00:00'), { person: 'day' }),
      makeEvent(6, at('21T12:00:00'), { person: 'day', type: 'check_out' }),
      makeEvent(7, at('21T13:00:00'), { person: 'day' }),
      { ...makeEvent(8, at('21T13:00:00')), person: null, erased: true as const },
    ];
    const rows = dayView(events, (id) => id.toUpperCase(), at('21T15:00:00'), BERLIN, rules);
    expect(rows).toMatchObject([
      {
        personId: 'night',
        name: 'NIGHT',
        workedMs: 8 * HOUR,
        inside: false,
        firstIn: events[2]!.at,
        lastOut: events[3]!.at,
      },
      { personId: 'day', workedMs: 6 * HOUR, inside: true, firstIn: events[4]!.at, lastOut: events[5]!.at },
    ]);
    expect(rows[1]!.events.map((event) => event.seq)).toEqual([5, 6, 7]);
  });

  it('shows somebody who came yesterday evening and is still there', () => {
    const rows = dayView([makeEvent(1, at('20T22:00:00'))], () => undefined, at('21T01:00:00'), BERLIN, rules);
    expect(rows).toMatchObject([{ name: '', inside: true, workedMs: 3 * HOUR, events: [] }]);
  });
});
