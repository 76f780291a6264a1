import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AttendanceEvent } from '../../src/domain/attendance.js';
import { recordedMs } from '../../src/domain/attendance.js';
import { repeatedPunch } from '../../src/domain/direction.js';
import { countedPunches, type PeriodRules, workingPeriods } from '../../src/domain/working-period.js';
import { BERLIN, makeEvent } from '../attendance/events.js';

const HOUR = 3_600_000;
const RULES: PeriodRules = { zone: BERLIN, longestPeriodMs: 16 * HOUR, lastOutWins: false };
const NOW = { wallMs: Date.parse('2026-11-25T12:00:00+01:00') };

function correction(
  seq: number,
  at: string,
  type: AttendanceEvent['type'],
  corrects?: AttendanceEvent,
): AttendanceEvent {
  const base = makeEvent(seq, at, { type, boot: 'boot-late', monoMs: seq * 1000 });
  return { ...base, correctionReason: 'approved', ...(corrects !== undefined && { corrects: corrects.id }) };
}

describe('punches that were corrected', () => {
  const came = makeEvent(1, '2026-11-20T08:00:00+01:00', { boot: 'b', monoMs: 1000 });
  const left = makeEvent(2, '2026-11-20T16:00:00+01:00', { type: 'check_out', boot: 'b', monoMs: 1000 + 8 * HOUR });

  it('a replaced time counts instead of the old one, by wall time even within one boot', () => {
    const later = correction(3, '2026-11-20T17:30:00+01:00', 'check_out', left);
    const sameBoot = { ...later, clock: { ...later.clock, boot: 'b', monoMs: 999_999_999 } };
    for (const one of [later, sameBoot])
      expect(workingPeriods([came, left, one], RULES, NOW)).toMatchObject([
        { day: '2026-11-20', state: 'closed', durationMs: 9.5 * HOUR },
      ]);
  });

  it('a forgotten check-out that is added later closes its own day, whatever was punched since', () => {
    const nextIn = makeEvent(2, '2026-11-21T08:00:00+01:00');
    const nextOut = makeEvent(3, '2026-11-21T12:00:00+01:00', { type: 'check_out' });
    const added = correction(4, '2026-11-20T16:00:00+01:00', 'check_out');
    expect(
      workingPeriods([came, nextIn, nextOut, added], RULES, NOW).map(({ day, durationMs }) => [day, durationMs]),
    ).toEqual([
      ['2026-11-20', 8 * HOUR],
      ['2026-11-21', 4 * HOUR],
    ]);
  });

  it('a withdrawn punch counts as nothing, and a correction of a correction as the last one', () => {
    expect(workingPeriods([came, correction(2, came.at, 'void', came)], RULES, NOW)).toEqual([]);
    const first = correction(3, '2026-11-20T17:00:00+01:00', 'check_out', left);
    const second = correction(4, '2026-11-20T18:00:00+01:00', 'check_out', first);
    expect(workingPeriods([came, left, first, second], RULES, NOW)).toMatchObject([{ durationMs: 10 * HOUR }]);
    expect(countedPunches([came, left, first, correction(4, first.at, 'void', first)])).toEqual([came]);
  });

  it('a missing stay between two others is put in its place', () => {
    const events = [
      came,
      makeEvent(2, '2026-11-20T10:00:00+01:00', { type: 'check_out' }),
      makeEvent(3, '2026-11-20T15:00:00+01:00'),
      makeEvent(4, '2026-11-20T16:00:00+01:00', { type: 'check_out' }),
      correction(5, '2026-11-20T14:00:00+01:00', 'check_out'),
      correction(6, '2026-11-20T11:00:00+01:00', 'check_in'),
    ];
    expect(workingPeriods(events, RULES, NOW).map(({ durationMs }) => durationMs / HOUR)).toEqual([2, 3, 1]);
  });

  it('an approval now is no punch now: the duplicate interval goes by the time that was corrected', () => {
    const added = correction(3, '2026-11-25T08:00:00+01:00', 'check_in');
    const now = { ...NOW, clock: added.clock };
    expect(repeatedPunch([added], { duplicateIntervalMs: 60_000 }, now)).toBeUndefined();
  });

  it('shuffled corrections give the same periods, and punches keep their order among themselves', () => {
    const half = 30 * 60_000;
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 95 }), { minLength: 1, maxLength: 12 }),
        fc.gen(),
        (slots, gen) => {
          const start = Date.parse('2026-11-23T00:00:00+01:00');
          const unique = [...new Set(slots)];
          const made = unique.map((slot, n) => {
            const type = gen(fc.constantFrom, 'check_in' as const, 'check_out' as const);
            const base = makeEvent(n + 1, start + slot * half, { type });
            return gen(fc.boolean) ? { ...base, correctionReason: 'approved' as const } : base;
          });
          const punches = made.filter((one) => one.correctionReason === undefined);
          const counted = countedPunches(made);
          expect(counted.filter((one) => one.correctionReason === undefined)).toEqual(punches);
          expect(counted).toHaveLength(made.length);
          const corrections = made.filter((one) => one.correctionReason !== undefined);
          const other = countedPunches([...punches, ...corrections.toReversed()]);
          expect(other.map(({ id }) => id)).toEqual(counted.map(({ id }) => id));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('knows when a correction was written from its id', () => {
    const written = Date.parse('2026-11-25T11:22:33.456Z');
    const hex = written.toString(16).padStart(12, '0');
    const id = `${hex.slice(0, 8)}-${hex.slice(8)}-7abc-8abc-0123456789ab`;
    expect(recordedMs({ ...correction(3, came.at, 'void', came), id })).toBe(written);
    expect(recordedMs({ ...came, id })).toBe(Date.parse(came.at));
  });
});
