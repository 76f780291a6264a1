import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Ledger } from '../../src/attendance/ledger.js';
import { Recorder } from '../../src/attendance/recorder.js';
import { type Config, configSchema } from '../../src/config/schema.js';
import type { Decision } from '../../src/domain/decision.js';
import { someEvidence } from '../fakes/fake-liveness.js';
import { FakeRandom } from '../fakes/fake-random.js';
import { tempState } from '../fakes/temp-state.js';
import { BERLIN, collect } from './events.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const ANNA = 'p_00000000000a';
const BEN = 'p_00000000000b';

let state: Awaited<ReturnType<typeof tempState>>;
let ledger: Ledger;
let stop: () => Promise<void>;
let decisions = 0;

function granted(personId: string): Decision {
  decisions += 1;
  return {
    id: `decision-${decisions}`,
    purpose: 'attend',
    outcome: 'granted',
    reason: 'ok',
    personId,
    factors: [{ kind: 'face', outcome: 'passed', reason: 'ok', score: 0.8, threshold: 0.5, mode: '1:N', at: 1 }],
    at: 1,
  };
}

async function startLedger(): Promise<void> {
  const store = state.store();
  await store.open();
  ledger = new Ledger({ store, zone: BERLIN });
  await ledger.start();
  stop = async () => {
    await ledger.stop();
    await store.close();
  };
}

function recorder(attendance: Partial<Config['attendance']> = {}): Recorder {
  const config = configSchema.parse({ zone: BERLIN, site: { id: 'hq' }, kiosk: { id: 'lobby-1' }, attendance });
  return new Recorder({ ledger, clock: state.clock, random: new FakeRandom(), config });
}

beforeEach(async () => {
  state = await tempState();
  await startLedger();
});
afterEach(async () => {
  await stop();
  await state.dispose();
});

describe('Recorder', () => {
  it('stores the event of a decision with site, kiosk, local time, clock and factors', async () => {
    const decision = granted(ANNA);
    const punch = await recorder().record(decision, 'check_in', 'E1042');
    expect(punch.event).toMatchObject({
      seq: 1,
      type: 'check_in',
      site: 'hq',
      kiosk: 'lobby-1',
      person: { id: ANNA, externalId: 'E1042' },
      at: '2026-11-21T09:00:00.000+01:00',
      zone: BERLIN,
      clock: { sync: 'ntp', boot: '0123456789abcdef', monoMs: 1000 },
      decisionId: decision.id,
      factors: decision.factors,
    });
    expect(punch.workedTodayMs).toBe(0);
    expect(punch.previous).toBeUndefined();
    expect(await ledger.day('2026-11-21')).toEqual([punch.event]);
  });

  it('keeps no record of a run of liveness: that lies in the journal of decisions', async () => {
    const decision = granted(ANNA);
    const liveness = { kind: 'liveness', outcome: 'passed', reason: 'ok', score: 0.9, threshold: 0.5, at: 2 } as const;
    const evidence = someEvidence('liveness', 'passed');
    const factors = [...decision.factors, { ...liveness, evidence }];
    const { event } = await recorder().record({ ...decision, factors }, 'check_in');
    expect(event.factors).toEqual([...decision.factors, liveness]);
    expect(await ledger.day('2026-11-21')).toEqual([event]);
  });

  it('alternates and tells the hours of the day and the punch before', async () => {
    const punches = recorder();
    expect(punches.plan(ANNA)).toEqual({ kind: 'record', direction: 'check_in' });
    const came = await punches.record(granted(ANNA), 'check_in');
    state.clock.advance(4 * HOUR);
    expect(punches.plan(ANNA)).toEqual({ kind: 'record', direction: 'check_out' });
    const left = await punches.record(granted(ANNA), 'check_out');
    expect(left.workedTodayMs).toBe(4 * HOUR);
    expect(left.previous).toEqual({ direction: 'check_in', at: came.event.at });
    state.clock.advance(HOUR);
    await punches.record(granted(ANNA), 'check_in');
    state.clock.advance(3 * HOUR);
    expect((await punches.record(granted(ANNA), 'check_out')).workedTodayMs).toBe(7 * HOUR);
    expect(punches.plan(BEN)).toEqual({ kind: 'record', direction: 'check_in' });
  });

  it('makes no second event inside the duplicate interval, even after a restart and with a wall clock set back', async () => {
    const first = await recorder().record(granted(ANNA), 'check_in');
    state.clock.advance(59_999);
    const earlier = { direction: 'check_in', at: first.event.at };
    expect(recorder().plan(ANNA)).toEqual({ kind: 'duplicate', earlier });
    expect((await recorder().record(granted(ANNA), 'check_out')).event.id).toBe(first.event.id);
    state.clock.setWall(state.clock.now() - 3 * HOUR);
    expect(recorder().plan(ANNA).kind).toBe('duplicate');
    await stop();
    await startLedger();
    expect(recorder().plan(ANNA)).toEqual({ kind: 'duplicate', earlier });
    state.clock.advance(1);
    expect(recorder().plan(ANNA)).toEqual({ kind: 'record', direction: 'check_out' });
    expect(ledger.span().newest).toBe(1);
  });

  it('gives one event for concurrent calls and for the same decision again', async () => {
    const punches = recorder({ duplicateIntervalSeconds: 0 });
    const decision = granted(ANNA);
    const answers = await Promise.all([
      punches.record(decision, 'check_in'),
      punches.record(decision, 'check_in'),
      punches.record(granted(ANNA), 'check_out'),
      punches.record(granted(BEN), 'check_in'),
    ]);
    state.clock.advance(HOUR);
    const later = await punches.record(decision, 'check_in');
    expect([...answers, later].map(({ event }) => event.seq)).toEqual([1, 1, 1, 2, 1]);
    expect(await collect(ledger.range(1, 9))).toHaveLength(2);
  });

  it('keeps a night shift over midnight as one working period', async () => {
    const punches = recorder();
    state.clock.setWall(Date.parse('2026-11-21T22:00:00+01:00'));
    await punches.record(granted(ANNA), 'check_in');
    state.clock.advance(8 * HOUR);
    expect(punches.plan(ANNA)).toEqual({ kind: 'record', direction: 'check_out' });
    const left = await punches.record(granted(ANNA), 'check_out');
    expect(left.workedTodayMs).toBe(8 * HOUR);
    expect(ledger.days()).toEqual(['2026-11-21', '2026-11-22']);
  });

  it('takes a check-in that is too old for a forgotten check-out', async () => {
    const punches = recorder();
    await punches.record(granted(ANNA), 'check_in');
    state.clock.advance(17 * HOUR);
    expect(punches.plan(ANNA)).toEqual({ kind: 'record', direction: 'check_in' });
    expect((await punches.record(granted(ANNA), 'check_in')).workedTodayMs).toBe(0);
  });

  it('asks with the likely direction first', async () => {
    const punches = recorder({ direction: 'ask' });
    expect(punches.plan(ANNA)).toEqual({ kind: 'ask', choices: ['check_in', 'check_out'], suggested: 'check_in' });
    await punches.record(granted(ANNA), 'check_in');
    state.clock.advance(HOUR);
    expect(punches.plan(ANNA)).toMatchObject({ kind: 'ask', suggested: 'check_out' });
  });

  it('counts hours by the monotonic clock when the wall clock jumps a year', async () => {
    const punches = recorder();
    await punches.record(granted(ANNA), 'check_in');
    state.clock.advance(2 * HOUR);
    state.clock.setWall(state.clock.now() + 365 * 24 * HOUR);
    const left = await punches.record(granted(ANNA), 'check_out');
    expect(left.workedTodayMs).toBe(2 * HOUR);
    expect(left.event.seq).toBe(2);
  });

  it('records only granted decisions about a person', async () => {
    const punches = recorder();
    await expect(punches.record({ ...granted(ANNA), outcome: 'denied' }, 'check_in')).rejects.toMatchObject({
      code: 'input_invalid',
    });
    const { personId: _, ...nobody } = granted(ANNA);
    await expect(punches.record(nobody, 'check_in')).rejects.toMatchObject({ code: 'input_invalid' });
    expect(ledger.span().newest).toBe(0);
  });

  it('after a failed write nothing was recorded and the next try records once', async () => {
    const punches = recorder();
    await stop();
    await expect(punches.record(granted(ANNA), 'check_in')).rejects.toMatchObject({ code: 'storage_failed' });
    await startLedger();
    const again = recorder();
    expect(again.plan(ANNA)).toEqual({ kind: 'record', direction: 'check_in' });
    expect((await again.record(granted(ANNA), 'check_in')).event.seq).toBe(1);
  });
});
