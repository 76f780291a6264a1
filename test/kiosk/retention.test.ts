import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Ledger } from '../../src/attendance/ledger.js';
import { Decisions } from '../../src/auth/decisions.js';
import { configSchema } from '../../src/config/schema.js';
import type { ClockSync } from '../../src/domain/attendance.js';
import type { Decision } from '../../src/domain/decision.js';
import { clockIsSteady, Retention } from '../../src/kiosk-retention.js';
import { createLogger } from '../../src/log/logger.js';
import { BERLIN, makeEvent } from '../attendance/events.js';
import { tempState } from '../fakes/temp-state.js';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** The day that it is at the beginning of each test. */
const TODAY = Date.UTC(2026, 10, 21, 8);

let state: Awaited<ReturnType<typeof tempState>>;
let store: ReturnType<typeof state.store>;
let ledger: Ledger;
let decisions: Decisions;
let retention: Retention;
let logged: { level: number | string; message: string }[];

beforeEach(async () => {
  state = await tempState();
  store = state.store();
  await store.open();
  ledger = new Ledger({ store, zone: BERLIN });
  await ledger.start();
  decisions = new Decisions({ store, clock: state.clock, zone: BERLIN });
  logged = [];
  const log = createLogger({
    level: 'info',
    journal: false,
    pretty: false,
    destination: { write: (line) => logged.push(JSON.parse(line)) },
  });
  const config = configSchema.parse({ zone: BERLIN, attendance: { retentionDays: 30 } });
  retention = new Retention({ clock: state.clock, store, ledger, decisions }, config, log);
});
afterEach(async () => {
  await retention.stop();
  await ledger.stop();
  await store.close();
  await state.dispose();
});

/** Punches and decisions on days before (or after) TODAY, in the order of time, all acknowledged by the broker. */
async function history(daysAgo: readonly number[]): Promise<void> {
  let acked = ledger.span().newest;
  for (const ago of daysAgo) {
    state.clock.setWall(TODAY - ago * DAY_MS);
    await ledger.append((seq) => makeEvent(seq, TODAY - ago * DAY_MS));
    await decisions.add({
      id: `${ago}`,
      purpose: 'attend',
      outcome: 'granted',
      reason: 'ok',
      factors: [],
      at: 1,
    } as Decision);
    acked++;
  }
  const schema = z.strictObject({ acked: z.int() });
  const cursor = await store.collection({ file: 'outbox.json', version: 1, schema, initial: () => ({ acked: 0 }) });
  await cursor.update(() => ({ acked }));
  await cursor.close();
}

/** Looks once. @param wall what the kiosk believes */
async function look(sync: ClockSync, wall = TODAY): Promise<void> {
  state.clock.setSync(sync);
  state.clock.setWall(wall);
  retention.start();
  await retention.idle();
}

const kept = async () => ({ punches: ledger.days().length, decisions: (await decisions.days()).length });
const warnings = () => logged.filter(({ message }) => /not removed/.test(message));
/** Every fourth day for 80 days, up to yesterday. */
const REGULAR = Array.from({ length: 20 }, (_, i) => 77 - 4 * i);
const REGULAR_KEPT = { punches: 8, decisions: 8 };

describe('Retention', () => {
  it.each(['ntp', 'rtc'] as const)('removes old days while the clock is %s', async (sync) => {
    await history(REGULAR);
    await look(sync);
    expect(await kept()).toEqual(REGULAR_KEPT);
    expect(warnings()).toEqual([]);
  });

  it('removes old days on an isolated kiosk whose clock agrees with its own records', async () => {
    await history(REGULAR);
    await look('none');
    expect(await kept()).toEqual(REGULAR_KEPT);
    expect(warnings()).toEqual([]);
  });

  it('keeps a day that the broker did not acknowledge', async () => {
    await history([]);
    await ledger.append((seq) => makeEvent(seq, TODAY - 77 * DAY_MS));
    await ledger.append((seq) => makeEvent(seq, TODAY - DAY_MS));
    await look('ntp');
    expect(ledger.days()).toHaveLength(2);
  });

  it.each([
    ['before the newest punch', TODAY - 2 * DAY_MS],
    ['32 days after it', TODAY + 31 * DAY_MS],
    ['2040', Date.UTC(2040, 0, 1)],
  ])('deletes nothing while an isolated kiosk believes it is %s', async (_name, wall) => {
    await history(REGULAR);
    await look('none', wall);
    expect(await kept()).toEqual({ punches: 20, decisions: 20 });
  });

  it('deletes nothing in 2040 either after somebody punched there', async () => {
    await history([...REGULAR, (TODAY - Date.UTC(2040, 0, 1)) / DAY_MS, (TODAY - Date.UTC(2040, 0, 2)) / DAY_MS]);
    await look('none', Date.UTC(2040, 0, 3));
    expect(await kept()).toEqual({ punches: 22, decisions: 22 });
  });

  it('says once that it is held back, not at the first look of a kiosk that has only just started', async () => {
    await history(REGULAR);
    await look('none', Date.UTC(2040, 0, 1));
    expect(warnings()).toEqual([]);
    for (let hour = 0; hour < 24; hour++) {
      state.clock.advance(HOUR_MS);
      await retention.idle();
    }
    expect(warnings()).toHaveLength(1);
    expect(warnings()[0]!.message).toMatch(/clock/);
  });

  it('says so too when the clock lies behind the newest punch', async () => {
    await history([1, -3]);
    await look('none');
    state.clock.advance(HOUR_MS);
    await retention.idle();
    expect(warnings()).toHaveLength(1);
  });

  it('is silent on a young isolated kiosk, which has nothing to remove yet', async () => {
    await history([9, 5, 1]);
    await look('none');
    state.clock.advance(20 * HOUR_MS);
    await retention.idle();
    expect(warnings()).toEqual([]);
    expect((await kept()).punches).toBe(3);
  });

  it('goes on soon after the clock was set', async () => {
    await history(REGULAR);
    await look('none', Date.UTC(2040, 0, 1));
    state.clock.setWall(TODAY);
    state.clock.setSync('ntp');
    state.clock.advance(HOUR_MS);
    await retention.idle();
    expect(await kept()).toEqual(REGULAR_KEPT);
    expect(warnings()).toEqual([]);
  });

  it('looks again every few hours until it is stopped', async () => {
    await look('ntp');
    await history(REGULAR);
    state.clock.setWall(TODAY);
    await retention.stop();
    state.clock.advance(12 * HOUR_MS);
    await retention.idle();
    expect((await kept()).punches).toBe(20);
    retention.start();
    await retention.idle();
    expect(await kept()).toEqual(REGULAR_KEPT);
  });
});

describe('clockIsSteady', () => {
  const newestMs = Date.parse('2026-11-20T17:00:00Z');
  const of = (days: readonly string[], nowMs = TODAY, firstKept = '2026-10-21') =>
    clockIsSteady({ nowMs, newestMs, days, firstKept, zone: BERLIN });

  it('needs punches without a long gap from the first day that is kept until now', () => {
    expect(of(['2026-10-01', '2026-10-25', '2026-11-20'])).toBe(true);
    // From here on the records do not reach back: what lies before may be younger than the clock says.
    expect(of(['2026-10-25', '2026-11-20'])).toBe(false);
    expect(of(['2026-09-01', '2026-10-25', '2026-11-20'])).toBe(false);
    expect(of([])).toBe(false);
  });

  it('passes over days that a clock once put into the future', () => {
    expect(of(['2026-10-01', '2026-10-25', '2026-11-20', '2040-01-01'])).toBe(true);
  });

  it('is not misled by a local day that began before the day of UTC', () => {
    const night = Date.parse('2026-11-20T23:30:00Z');
    expect(of(['2026-10-20', '2026-11-19', '2026-11-21'], night)).toBe(true);
  });
});
