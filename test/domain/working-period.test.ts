import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayBefore, dayBounds, isDay, localDay, localTimestamp, minuteOfDay } from '../../src/domain/local-day.js';
import { type PeriodRules, workedMs, workingPeriods } from '../../src/domain/working-period.js';
import { BERLIN, makeEvent } from '../attendance/events.js';

const HOUR = 3_600_000;
const RULES: PeriodRules = { zone: BERLIN, longestPeriodMs: 16 * HOUR, lastOutWins: false };
const at = (text: string): number => Date.parse(text);

describe('local day', () => {
  it('writes the offset in force on both sides of a change of time', () => {
    expect(localTimestamp(at('2026-10-25T00:30:00Z'), BERLIN)).toBe('2026-10-25T02:30:00.000+02:00');
    expect(localTimestamp(at('2026-10-25T01:30:00Z'), BERLIN)).toBe('2026-10-25T02:30:00.000+01:00');
    expect(localTimestamp(at('2026-03-29T01:00:00.007Z'), BERLIN)).toBe('2026-03-29T03:00:00.007+02:00');
    expect(localTimestamp(0, 'UTC')).toBe('1970-01-01T00:00:00.000+00:00');
    expect(minuteOfDay(at('2026-03-29T01:00:00Z'), BERLIN)).toBe(180);
  });

  it('every moment lies within the bounds of its local day, and the timestamp reads back', () => {
    const zones = fc.constantFrom(BERLIN, 'America/Sao_Paulo', 'Pacific/Apia', 'Asia/Kathmandu', 'UTC', 'Africa/Cairo');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: at('2090-01-01T00:00:00Z') }), zones, (ms, zone) => {
        const day = localDay(ms, zone);
        const { startMs, endMs } = dayBounds(day, zone);
        expect(ms).toBeGreaterThanOrEqual(startMs);
        expect(ms).toBeLessThan(endMs);
        expect(localDay(startMs, zone)).toBe(day);
        expect(localDay(endMs, zone) > day).toBe(true);
        expect(Date.parse(localTimestamp(ms, zone))).toBe(ms);
        expect(localTimestamp(ms, zone).slice(0, 10)).toBe(day);
      }),
      { numRuns: 400 },
    );
  });

  it('counts days of the calendar', () => {
    expect(dayBefore('2026-03-01', 1)).toBe('2026-02-28');
    expect(dayBefore('2026-12-31', -1)).toBe('2027-01-01');
    expect(isDay('2028-02-29')).toBe(true);
    expect(isDay('2026-02-29')).toBe(false);
    expect(isDay('2026-2-1')).toBe(false);
  });
});

describe('working periods', () => {
  const shift = (start: string, end: string) => [makeEvent(1, at(start)), makeEvent(2, at(end), { type: 'check_out' })];

  it('counts a night shift over a change of time by the hours that passed', () => {
    const spring = shift('2026-03-28T22:00:00+01:00', '2026-03-29T06:00:00+02:00');
    const autumn = shift('2026-10-24T22:00:00+02:00', '2026-10-25T06:00:00+01:00');
    for (const [events, hours, day] of [
      [spring, 7, '2026-03-28'],
      [autumn, 9, '2026-10-24'],
    ] as const) {
      const periods = workingPeriods(events, RULES, { wallMs: at('2027-01-01T00:00:00Z') });
      expect(periods).toMatchObject([{ day, state: 'closed', durationMs: hours * HOUR }]);
      expect(workedMs(periods, day)).toBe(hours * HOUR);
    }
  });

  it('a check-in that nobody ended in time counts as no time', () => {
    const events = [makeEvent(1, at('2026-11-20T08:00:00+01:00')), makeEvent(2, at('2026-11-21T08:00:00+01:00'))];
    const now = { wallMs: at('2026-11-21T10:00:00+01:00') };
    expect(workingPeriods(events, RULES, now)).toMatchObject([
      { day: '2026-11-20', state: 'forgotten', durationMs: 0 },
      { day: '2026-11-21', state: 'open', durationMs: 2 * HOUR },
    ]);
    const late = [...events, makeEvent(3, at('2026-11-22T02:00:00+01:00'), { type: 'check_out' })];
    expect(workingPeriods(late, RULES, now).map(({ state }) => state)).toEqual(['forgotten', 'forgotten']);
  });

  it('a second check-in of the same day changes nothing, a check-out alone closes nothing', () => {
    const events = [
      makeEvent(1, at('2026-11-21T07:00:00+01:00'), { type: 'check_out' }),
      makeEvent(2, at('2026-11-21T08:00:00+01:00')),
      makeEvent(3, at('2026-11-21T09:00:00+01:00')),
      makeEvent(4, at('2026-11-21T12:00:00+01:00'), { type: 'check_out' }),
      makeEvent(5, at('2026-11-21T17:00:00+01:00'), { type: 'check_out' }),
    ];
    const now = { wallMs: at('2026-11-21T18:00:00+01:00') };
    expect(workingPeriods(events, RULES, now)).toMatchObject([{ durationMs: 4 * HOUR }]);
    expect(workingPeriods(events, { ...RULES, lastOutWins: true }, now)).toMatchObject([{ durationMs: 9 * HOUR }]);
  });

  it('leaves out what was voided, corrected or marked as a repetition', () => {
    const [came, left] = shift('2026-11-21T08:00:00+01:00', '2026-11-21T09:00:00+01:00');
    const void_ = { ...makeEvent(3, at('2026-11-21T10:00:00+01:00'), { type: 'void' }), corrects: left!.id };
    const repeat = { ...makeEvent(4, at('2026-11-21T10:00:01+01:00'), { type: 'check_out' }), duplicateOf: left!.id };
    const now = { wallMs: at('2026-11-21T12:00:00+01:00') };
    expect(workingPeriods([came!, left!, void_, repeat], RULES, now)).toMatchObject([
      { state: 'open', durationMs: 4 * HOUR },
    ]);
  });

  it('whatever is punched: no negative time, no overlap, at most one open period and that the last one', () => {
    const step = fc.record({
      gapMs: fc.integer({ min: -400 * 24 * HOUR, max: 400 * 24 * HOUR }),
      isShort: fc.boolean(),
      type: fc.constantFrom('check_in', 'check_out', 'break_start'),
      boot: fc.constantFrom('a', 'b'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), fc.boolean(), (steps, lastOutWins) => {
        let wallMs = at('2026-11-21T08:00:00+01:00');
        let monoMs = 0;
        const events = steps.map((one, n) => {
          const gap = one.isShort ? one.gapMs % (10 * HOUR) : one.gapMs;
          wallMs += gap;
          monoMs += Math.abs(gap);
          return makeEvent(n + 1, wallMs, { type: one.type as 'check_in', boot: one.boot, monoMs });
        });
        const rules = { ...RULES, lastOutWins };
        const periods = workingPeriods(events, rules, { wallMs, clock: { boot: 'a', monoMs } });
        let lastSeq = 0;
        for (const [index, period] of periods.entries()) {
          expect(period.durationMs).toBeGreaterThanOrEqual(0);
          expect(period.durationMs).toBeLessThanOrEqual(rules.longestPeriodMs);
          expect(period.checkIn.seq).toBeGreaterThan(lastSeq);
          lastSeq = period.checkOut?.seq ?? period.checkIn.seq;
          expect(period.day).toBe(localDay(Date.parse(period.checkIn.at), BERLIN));
          if (period.state === 'open') expect(index).toBe(periods.length - 1);
          if (period.state === 'forgotten') expect(period.durationMs).toBe(0);
        }
      }),
      { numRuns: 500 },
    );
  });
});
