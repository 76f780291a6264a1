import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StateStore } from '../../src/adapters/store-lowdb.js';
import { ownTimes, rangeAround } from '../../src/attendance/own-times.js';
import { rulesOf } from '../../src/attendance/rules.js';
import { FakeRandom } from '../fakes/fake-random.js';
import { tempState } from '../fakes/temp-state.js';
import { ANNA, BEN, config, type Desk, punch, startDesk } from './correcting.js';

const HOUR = 3_600_000;
let state: Awaited<ReturnType<typeof tempState>>;
let store: StateStore;
let desk: Desk;
beforeEach(async () => {
  state = await tempState();
  store = state.store();
  await store.open();
  desk = await startDesk({ store, clock: state.clock, random: new FakeRandom(3) });
});
afterEach(async () => {
  await desk.stop();
  await store.close();
  await state.dispose();
});

const times = (range: 'week' | 'month', day: string) =>
  ownTimes(desk.ledger, ANNA, { range, day }, rulesOf(config), {
    wallMs: state.clock.now(),
    clock: state.clock.state(),
  });

describe('own times', () => {
  it('a week begins on Monday, a month on its first day', () => {
    expect(rangeAround('2026-11-21', 'week')).toEqual({ from: '2026-11-16', to: '2026-11-22' });
    expect(rangeAround('2026-11-22', 'week')).toEqual({ from: '2026-11-16', to: '2026-11-22' });
    expect(rangeAround('2026-11-23', 'week')).toEqual({ from: '2026-11-23', to: '2026-11-29' });
    expect(rangeAround('2028-02-10', 'month')).toEqual({ from: '2028-02-01', to: '2028-02-29' });
    expect(rangeAround('2026-01-01', 'week')).toEqual({ from: '2025-12-29', to: '2026-01-04' });
  });

  it('counts a night shift once, on the day it began, also at the edge of a week and of a month', async () => {
    await punch(desk, ANNA, '2026-10-31T22:00:00+01:00');
    await punch(desk, ANNA, '2026-11-01T06:00:00+01:00', 'check_out');
    await punch(desk, ANNA, '2026-11-15T22:00:00+01:00');
    await punch(desk, ANNA, '2026-11-16T05:00:00+01:00', 'check_out');
    const before = await times('week', '2026-11-15');
    const after = await times('week', '2026-11-16');
    expect([before.workedMs, after.workedMs]).toEqual([7 * HOUR, 0]);
    expect(before.days.at(-1)).toMatchObject({ day: '2026-11-15', workedMs: 7 * HOUR });
    // The punch itself stands on the day on which it was made.
    expect(after.days[0]?.punches).toMatchObject([{ type: 'check_out', at: '2026-11-16T05:00:00.000+01:00' }]);
    expect((await times('month', '2026-10-02')).workedMs).toBe(8 * HOUR);
    expect((await times('month', '2026-11-02')).workedMs).toBe(7 * HOUR);
  });

  it('shows a running period, own punches only, and no day that is yet to come', async () => {
    await punch(desk, BEN, '2026-11-20T07:00:00+01:00');
    await punch(desk, ANNA, '2026-11-20T08:00:00+01:00');
    await punch(desk, ANNA, '2026-11-20T16:00:00+01:00', 'check_out');
    await punch(desk, ANNA, '2026-11-21T07:30:00+01:00');
    const week = await times('week', '2026-11-18');
    expect(week).toMatchObject({ from: '2026-11-16', to: '2026-11-22', present: true, workedMs: 9.5 * HOUR });
    expect(week.days.map(({ day }) => day)).toEqual([16, 17, 18, 19, 20, 21].map((n) => `2026-11-${n}`));
    expect(week.days.flatMap(({ punches }) => punches.map(({ at }) => at.slice(11, 16)))).toEqual([
      '08:00',
      '16:00',
      '07:30',
    ]);
    expect((await times('week', '2026-12-01')).days).toEqual([]);
    // Days that have long left the ledger's memory are read from their files.
    state.clock.advance(40 * 24 * HOUR);
    for (let n = 0; n < 6; n++) await punch(desk, BEN, `2026-12-2${n}T08:00:00+01:00`);
    const later = await times('week', '2026-11-20');
    expect(later.workedMs).toBe(8 * HOUR);
    expect(later.present).toBe(false);
  });
});
