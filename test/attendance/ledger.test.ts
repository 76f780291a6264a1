import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StateStore } from '../../src/adapters/store-lowdb.js';
import { csvOfDay } from '../../src/attendance/csv.js';
import { Ledger } from '../../src/attendance/ledger.js';
import { dayBounds, localDay } from '../../src/domain/local-day.js';
import { tempState } from '../fakes/temp-state.js';
import { BERLIN, collect, makeEvent } from './events.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.parse('2026-11-21T08:00:00+01:00');
const nameOf = (id: string): string | undefined => (id === 'p_000000000001' ? 'Zoë "Z" Ünal, =1+1' : undefined);

let state: Awaited<ReturnType<typeof tempState>>;
let faults: string[];
const open: { ledger: Ledger; store: StateStore }[] = [];

async function start(floor?: number): Promise<{ ledger: Ledger; store: StateStore }> {
  const store = state.store();
  await store.open();
  const ledger = new Ledger({ store, zone: BERLIN, nameOf, onFault: (message) => faults.push(message) });
  await ledger.start(floor);
  open.push({ ledger, store });
  return { ledger, store };
}

async function stop(): Promise<void> {
  for (const { ledger, store } of open.splice(0)) {
    await ledger.stop();
    await store.close();
  }
}

async function allOf(ledger: Ledger): Promise<number[]> {
  return (await collect(ledger.range(1, 1e9))).map((event) => event.seq);
}

function path(name: string): string {
  return join(state.directory, 'attendance', name);
}

/** Each CSV file is exactly what its day file makes. */
async function expectCsvEqualsJson(ledger: Ledger): Promise<void> {
  for (const day of ledger.days())
    expect(readFileSync(path(`${day}.csv`), 'utf8'), day).toBe(csvOfDay(await ledger.day(day), nameOf));
}

beforeEach(async () => {
  state = await tempState();
  faults = [];
});
afterEach(async () => {
  await stop();
  await state.dispose();
});

describe('Ledger', () => {
  it('is empty at first', async () => {
    const { ledger } = await start();
    expect(ledger.span()).toEqual({ oldest: 0, newest: 0 });
    expect(await allOf(ledger)).toEqual([]);
    expect(ledger.days()).toEqual([]);
    expect(await ledger.day('2026-11-21')).toEqual([]);
    expect(faults).toEqual([]);
  });

  it('numbers 1,000 concurrent events without gaps over days and a restart, CSV equal to JSON', async () => {
    const first = await start();
    const heard: number[] = [];
    first.ledger.onAppended((event) => heard.push(event.seq));
    await Promise.all(
      Array.from({ length: 1000 }, (_, n) => first.ledger.append((seq) => makeEvent(seq, START + n * 10 * 60_000))),
    );
    const expected = Array.from({ length: 1000 }, (_, n) => n + 1);
    expect(heard).toEqual(expected);
    expect(await allOf(first.ledger)).toEqual(expected);
    expect(first.ledger.span()).toEqual({ oldest: 1, newest: 1000 });
    await stop();
    const second = await start();
    expect(second.ledger.span()).toEqual({ oldest: 1, newest: 1000 });
    expect(await allOf(second.ledger)).toEqual(expected);
    expect((await collect(second.ledger.range(140, 160))).map((event) => event.seq)).toEqual(expected.slice(139, 160));
    await expectCsvEqualsJson(second.ledger);
    expect((await second.ledger.append((seq) => makeEvent(seq, START + 8 * DAY))).seq).toBe(1001);
    expect(faults).toEqual([]);
  });

  it('keeps each event in the file of its local day when the clock jumps a year forward and back', async () => {
    const { ledger } = await start();
    const times = [0, 1, 2].map((n) => START + n * HOUR);
    const jumped = [0, 1].map((n) => START + 400 * DAY + n * HOUR);
    const back = [3, 4].map((n) => START + n * HOUR);
    const before = [START - 365 * DAY];
    const sequence = [...times, ...jumped, ...back, ...before, START + 5 * HOUR];
    for (const at of sequence) await ledger.append((seq) => makeEvent(seq, at));
    for (const repeat of ['running', 'restarted', 'without its list of segments']) {
      const now = open.at(-1)!.ledger;
      expect(await allOf(now), repeat).toEqual(sequence.map((_, n) => n + 1));
      expect(
        (await collect(now.range(4, 7))).map((event) => event.seq),
        repeat,
      ).toEqual([4, 5, 6, 7]);
      expect(now.span(), repeat).toEqual({ oldest: 1, newest: sequence.length });
      for (const day of now.days())
        for (const event of await now.day(day)) expect(localDay(Date.parse(event.at), BERLIN)).toBe(day);
      await expectCsvEqualsJson(now);
      await stop();
      if (repeat === 'restarted')
        for (const name of ['', '.prev']) rmSync(path(`segments.json${name}`), { force: true });
      await start();
    }
    expect(faults).toEqual([]);
  });

  it('loses and doubles no day when summer time begins and ends', async () => {
    const { ledger } = await start();
    for (const day of ['2026-03-29', '2026-10-25']) {
      const { startMs, endMs } = dayBounds(day, BERLIN);
      expect(endMs - startMs).toBe(day === '2026-03-29' ? 23 * HOUR : 25 * HOUR);
      for (let at = startMs; at < endMs; at += HOUR / 2) await ledger.append((seq) => makeEvent(seq, at));
      expect(await ledger.day(day)).toHaveLength((endMs - startMs) / (HOUR / 2));
      const stamps = (await ledger.day(day)).map((event) => event.at);
      expect(new Set(stamps).size).toBe(stamps.length);
    }
    expect(ledger.days()).toEqual(['2026-03-29', '2026-10-25']);
  });

  it('an event that cannot be made or stored takes no number', async () => {
    const { ledger } = await start();
    await ledger.append((seq) => makeEvent(seq, START));
    await expect(
      ledger.append(() => {
        throw new Error('no decision');
      }),
    ).rejects.toThrow('no decision');
    await expect(ledger.append((seq) => makeEvent(seq + 1, START))).rejects.toMatchObject({ code: 'input_invalid' });
    expect((await ledger.append((seq) => makeEvent(seq, START + 1))).seq).toBe(2);
  });

  it('a listener that fails does not make a stored event fail', async () => {
    const { ledger } = await start();
    ledger.onAppended(() => {
      throw new Error('page closed');
    });
    await expect(ledger.append((seq) => makeEvent(seq, START))).resolves.toMatchObject({ seq: 1 });
    expect(faults).toHaveLength(1);
  });

  it('writes a CSV again that is missing, cut or changed', async () => {
    const first = await start();
    for (let n = 0; n < 5; n++) await first.ledger.append((seq) => makeEvent(seq, START + n * HOUR));
    const csv = path('2026-11-21.csv');
    const right = readFileSync(csv);
    for (const damage of [undefined, right.subarray(0, right.length - 7), Buffer.from('x'), Buffer.alloc(0)]) {
      await stop();
      if (damage === undefined) rmSync(csv);
      else writeFileSync(csv, damage);
      await start();
      expect(readFileSync(csv).equals(right)).toBe(true);
    }
    const rows = parse(right.toString(), { columns: true }) as Record<string, string>[];
    expect(rows).toHaveLength(5);
    expect(rows[0]).toMatchObject({ name: 'Zoë "Z" Ünal, =1+1', direction: 'check_in', factors: 'face' });
    expect(Object.keys(rows[0]!)).toEqual([
      'time',
      'person_id',
      'external_id',
      'name',
      'direction',
      'factors',
      'event_id',
      'corrects',
    ]);
    expect(faults).toEqual([]);
  });

  it('never uses the number of an event again that a damaged day file lost, and reports the gap', async () => {
    const first = await start();
    for (let n = 0; n < 6; n++) await first.ledger.append((seq) => makeEvent(seq, START + n * HOUR));
    await stop();
    const file = path('2026-11-21.json');
    writeFileSync(file, readFileSync(file).subarray(0, 700));
    const second = await start();
    expect(second.store.alarms()).toMatchObject([{ kind: 'recovered_from_previous' }]);
    expect(await allOf(second.ledger)).toEqual([1, 2, 3, 4, 5]);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(/6 to 6/);
    expect((await second.ledger.append((seq) => makeEvent(seq, START + 7 * HOUR))).seq).toBe(7);
    await expectCsvEqualsJson(second.ledger);
    expect(existsSync(path('2026-11-21.csv.before-recovery'))).toBe(true);
    await stop();
    for (const name of [file, `${file}.prev`]) writeFileSync(name, 'destroyed');
    faults = [];
    const third = await start();
    expect(third.store.alarms()).toMatchObject([{ kind: 'started_empty' }]);
    expect(faults.length).toBeGreaterThan(0);
    expect((await third.ledger.append((seq) => makeEvent(seq, START + 8 * HOUR))).seq).toBeGreaterThanOrEqual(7);
  });

  it('takes the cursor of the outbox as the least number in use', async () => {
    const first = await start();
    await first.ledger.append((seq) => makeEvent(seq, START));
    await stop();
    const { ledger } = await start(9);
    expect(faults[0]).toMatch(/2 to 9/);
    expect((await ledger.append((seq) => makeEvent(seq, START + HOUR))).seq).toBe(10);
    expect(await allOf(ledger)).toEqual([1, 10]);
  });

  it('removes old acknowledged days only', async () => {
    const { ledger } = await start();
    for (let n = 0; n < 10; n++) await ledger.append((seq) => makeEvent(seq, START + n * DAY));
    expect(await ledger.prune(3, '2026-11-26')).toEqual(['2026-11-21', '2026-11-22', '2026-11-23']);
    expect(await ledger.prune(10, '2026-11-26')).toEqual(['2026-11-24', '2026-11-25']);
    expect(ledger.span()).toEqual({ oldest: 6, newest: 10 });
    expect(await allOf(ledger)).toEqual([6, 7, 8, 9, 10]);
    expect(await ledger.prune(10, '2030-01-01')).toHaveLength(4);
    await stop();
    const again = await start();
    expect(again.ledger.span()).toEqual({ oldest: 10, newest: 10 });
    expect(readdirSync(join(state.directory, 'attendance')).sort()).toEqual([
      '2026-11-30.csv',
      '2026-11-30.json',
      'segments.json',
      'segments.json.prev',
    ]);
    expect(faults).toEqual([]);
  });

  it('keeps the last days in memory and forgets older ones', async () => {
    const { ledger } = await start();
    for (let n = 0; n < 20; n++) await ledger.append((seq) => makeEvent(seq, START + n * DAY));
    expect(ledger.recent(Number.NEGATIVE_INFINITY).map((event) => event.seq)).toEqual([17, 18, 19, 20]);
    expect(ledger.recent(START + 18 * DAY).map((event) => event.seq)).toEqual([19, 20]);
    // Of a day that is not in memory any more.
    expect([await ledger.knows('p_000000000001'), await ledger.knows('p_000000000002')]).toEqual([true, false]);
  });
});
