import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DIRECTION_MODES,
  type DirectionMode,
  type DirectionRules,
  directionNow,
  repeatedPunch,
  scheduledDirection,
} from '../../src/domain/direction.js';
import { BERLIN, makeEvent } from '../attendance/events.js';

const HOUR = 3_600_000;
const at = (text: string): number => Date.parse(`2026-${text}+01:00`);

function rules(mode: DirectionMode, change: Partial<DirectionRules> = {}): DirectionRules {
  return {
    mode,
    schedule: [
      { from: '22:00', to: '04:00', direction: 'check_in' },
      { from: '05:00', to: '07:00', direction: 'check_out' },
    ],
    zone: BERLIN,
    duplicateIntervalMs: 60_000,
    longestPeriodMs: 16 * HOUR,
    lastOutWins: mode === 'first-in-last-out',
    ...change,
  };
}

describe('direction', () => {
  it('first in, last out: one period a day however often somebody passes', () => {
    const mode = rules('first-in-last-out');
    const events = [];
    const directions = [];
    for (const [n, time] of ['08:00', '12:00', '13:00', '17:00'].entries()) {
      const wallMs = at(`11-20T${time}:00`);
      const { direction } = directionNow(events, mode, { wallMs });
      directions.push(direction);
      events.push(makeEvent(n + 1, wallMs, { type: direction }));
    }
    expect(directions).toEqual(['check_in', 'check_out', 'check_out', 'check_out']);
    expect(directionNow(events, mode, { wallMs: at('11-21T08:00:00') }).direction).toBe('check_in');
  });

  it('first in, last out: a night shift ends after midnight and the next one begins the same evening', () => {
    const mode = rules('first-in-last-out');
    const came = makeEvent(1, at('11-20T22:00:00'));
    expect(directionNow([came], mode, { wallMs: at('11-21T06:00:00') }).direction).toBe('check_out');
    const left = makeEvent(2, at('11-21T06:00:00'), { type: 'check_out' });
    expect(directionNow([came, left], mode, { wallMs: at('11-21T22:00:00') }).direction).toBe('check_in');
  });

  it('fixed kiosks know one direction', () => {
    const events = [makeEvent(1, at('11-21T08:00:00'))];
    const now = { wallMs: at('11-21T09:00:00') };
    expect(directionNow(events, rules('fixed-in'), now)).toEqual({ kind: 'decided', direction: 'check_in' });
    expect(directionNow([], rules('fixed-out'), now)).toEqual({ kind: 'decided', direction: 'check_out' });
  });

  it('schedule: ranges over midnight, ends excluded, alternate between the ranges', () => {
    const { schedule } = rules('schedule');
    const of = (hours: number, minutes = 0) => scheduledDirection(hours * 60 + minutes, schedule);
    expect([of(21, 59), of(22), of(23, 59), of(0), of(3, 59), of(4)]).toEqual([
      undefined,
      'check_in',
      'check_in',
      'check_in',
      'check_in',
      undefined,
    ]);
    expect([of(5), of(6, 59), of(7)]).toEqual(['check_out', 'check_out', undefined]);
    expect(scheduledDirection(0, [{ from: '08:00', to: '08:00', direction: 'check_in' }])).toBe('check_in');
    const open = [makeEvent(1, at('11-21T08:00:00'))];
    expect(directionNow(open, rules('schedule'), { wallMs: at('11-21T12:00:00') }).direction).toBe('check_out');
    expect(directionNow(open, rules('schedule'), { wallMs: at('11-21T23:00:00') }).direction).toBe('check_in');
  });

  it('alternate changes with every punch that is recorded, in any zone and over any gap within the longest period', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 60_000, max: 16 * HOUR }), { minLength: 1, maxLength: 20 }),
        fc.constantFrom(BERLIN, 'America/New_York', 'Pacific/Apia'),
        fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 0, 1) }),
        (gaps, zone, begin) => {
          const mode = rules('alternate', { zone });
          const events = [];
          let wallMs = begin;
          for (const [n, gap] of gaps.entries()) {
            const { direction } = directionNow(events, mode, { wallMs });
            expect(direction).toBe(n % 2 === 0 ? 'check_in' : 'check_out');
            events.push(makeEvent(n + 1, wallMs, { type: direction, zone, boot: 'a', monoMs: wallMs - begin }));
            wallMs += gap;
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it('every mode answers for every clock', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...DIRECTION_MODES),
        fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) }),
        fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) }),
        (mode, first, now) => {
          const answer = directionNow([makeEvent(1, first)], rules(mode), { wallMs: now });
          expect(answer.kind).toBe(mode === 'ask' ? 'ask' : 'decided');
          expect(['check_in', 'check_out']).toContain(answer.direction);
        },
      ),
    );
  });
});

describe('duplicate interval', () => {
  const punch = makeEvent(1, at('11-21T08:00:00'), { boot: 'a', monoMs: 5000 });
  const wallMs = at('11-21T08:00:00');

  it('ends exactly after its length by the monotonic clock, wherever the wall clock jumps', () => {
    for (const jump of [0, 365 * 24 * HOUR, -365 * 24 * HOUR]) {
      const now = (monoMs: number) => ({ wallMs: wallMs + jump, clock: { boot: 'a', monoMs } });
      expect(repeatedPunch([punch], rules('alternate'), now(64_999))?.event.id).toBe('event-1');
      expect(repeatedPunch([punch], rules('alternate'), now(65_000))).toBeUndefined();
    }
  });

  it('goes by wall time after a restart', () => {
    const now = (ms: number) => ({ wallMs: wallMs + ms, clock: { boot: 'b', monoMs: 10 } });
    expect(repeatedPunch([punch], rules('alternate'), now(59_999))).toBeDefined();
    expect(repeatedPunch([punch], rules('alternate'), now(60_000))).toBeUndefined();
    expect(repeatedPunch([punch], rules('alternate'), now(-1))).toBeUndefined();
  });

  it('is off at 0', () => {
    const now = { wallMs, clock: { boot: 'a', monoMs: 5000 } };
    expect(repeatedPunch([punch], rules('alternate', { duplicateIntervalMs: 0 }), now)).toBeUndefined();
  });
});
