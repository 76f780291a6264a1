import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StateStore } from '../../src/adapters/store-lowdb.js';
import { csvOfDay } from '../../src/attendance/csv.js';
import { Ledger } from '../../src/attendance/ledger.js';
import type { AttendanceEvent } from '../../src/domain/attendance.js';
import { tempState } from '../fakes/temp-state.js';
import { BERLIN, collect, makeEvent } from './events.js';

const DAY = 86_400_000;
const START = Date.parse('2026-11-10T08:00:00+01:00');

let state: Awaited<ReturnType<typeof tempState>>;
let store: StateStore;
let ledger: Ledger;
let faults: string[];

async function start(): Promise<void> {
  store = state.store();
  await store.open();
  ledger = new Ledger({ store, zone: BERLIN, onFault: (message) => faults.push(message) });
  await ledger.start();
}
async function stop(): Promise<void> {
  await ledger.stop();
  await store.close();
}
const correct = (seq: number, wallMs: number): AttendanceEvent => ({
  ...makeEvent(seq, wallMs, { type: 'check_out' }),
  correctionReason: 'approved',
});
const seqs = (events: readonly AttendanceEvent[]): number[] => events.map(({ seq }) => seq);

beforeEach(async () => {
  faults = [];
  state = await tempState();
  await start();
  for (let day = 0; day < 10; day++) await ledger.append((seq) => makeEvent(seq, START + day * DAY));
});
afterEach(async () => {
  await stop();
  await state.dispose();
});

describe('corrections of older days', () => {
  it('lie in the file of the day that they correct, and leave the newest days in memory', async () => {
    const before = seqs(ledger.recent(Number.NEGATIVE_INFINITY));
    expect(before).toEqual([7, 8, 9, 10]);
    for (let day = 0; day < 8; day++) await ledger.append((seq) => correct(seq, START + day * DAY + 3_600_000));
    await ledger.append((seq) => makeEvent(seq, START + 9 * DAY + 7_200_000, { type: 'check_out' }));
    expect(seqs(await ledger.day('2026-11-10'))).toEqual([1, 11]);
    const csv = readFileSync(join(state.directory, 'attendance', '2026-11-10.csv'), 'utf8');
    expect(csv).toBe(csvOfDay(await ledger.day('2026-11-10'), () => undefined));
    // What people punched today and the days before is still known to the rules.
    expect(seqs(ledger.recent(START + 9 * DAY))).toEqual([10, 19]);
    expect(seqs(ledger.recent(START + 6 * DAY)).filter((seq) => seq < 11)).toEqual([7, 8, 9, 10]);
  });

  it('keep the order and the memory over a restart, also when the list of segments is rebuilt', async () => {
    for (let day = 0; day < 6; day++) {
      await ledger.append((seq) => correct(seq, START + day * DAY + 3_600_000));
      await ledger.append((seq) => makeEvent(seq, START + 9 * DAY + (day + 2) * 3_600_000));
    }
    const all = seqs(await collect(ledger.range(1, 100)));
    const recent = seqs(ledger.recent(Number.NEGATIVE_INFINITY));
    await stop();
    await start();
    expect(seqs(await collect(ledger.range(1, 100)))).toEqual(all);
    expect(seqs(ledger.recent(Number.NEGATIVE_INFINITY))).toEqual(recent);
    await stop();
    const segments = join(state.directory, 'attendance', 'segments.json');
    const kept = JSON.parse(readFileSync(segments, 'utf8')) as { data: unknown };
    rmSync(segments);
    rmSync(`${segments}.prev`, { force: true });
    await start();
    const rebuilt = JSON.parse(readFileSync(segments, 'utf8')) as { data: unknown };
    expect(rebuilt.data).toEqual(kept.data);
    expect(seqs(ledger.recent(Number.NEGATIVE_INFINITY))).toEqual(recent);
    expect(faults).toEqual([]);
  });

  it('of today need no segment of their own for long', async () => {
    await ledger.append((seq) => correct(seq, START + 9 * DAY + 1000));
    await ledger.append((seq) => makeEvent(seq, START + 9 * DAY + 2000));
    await ledger.append((seq) => correct(seq, START + 2 * DAY));
    await ledger.append((seq) => correct(seq, START + 9 * DAY + 1500));
    await ledger.append((seq) => makeEvent(seq, START + 9 * DAY + 3000));
    expect(seqs(await collect(ledger.range(9, 15)))).toEqual([9, 10, 11, 12, 13, 14, 15]);
    expect(seqs(await ledger.day('2026-11-19'))).toEqual([10, 11, 12, 14, 15]);
  });
});
