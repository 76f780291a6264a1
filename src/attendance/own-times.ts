import { DateTime } from 'luxon';
import { type AttendanceEvent, isCorrection } from '../domain/attendance.js';
import { dayBefore, localDay } from '../domain/local-day.js';
import { type Instant, type PeriodRules, workedMs, workingPeriods } from '../domain/working-period.js';
import type { Ledger } from './ledger.js';

export type TimesRange = 'week' | 'month';

/** One punch as its person sees it. */
export interface OwnPunch {
  readonly id: string;
  /** Direction, or `void` for a punch that was withdrawn. */
  readonly type: AttendanceEvent['type'];
  /** RFC 3339 with offset. */
  readonly at: string;
  /** Made by an approved correction. */
  readonly corrected: boolean;
}

/** Times of one person in a range of local days, both included. */
export interface OwnTimes {
  readonly from: string;
  readonly to: string;
  readonly workedMs: number;
  /** Every day of the range up to today; in order. */
  readonly days: readonly { readonly day: string; readonly workedMs: number; readonly punches: readonly OwnPunch[] }[];
  /** A working period is running now. */
  readonly present: boolean;
}

/** First and last local day of the week (Monday first) or month that holds a day. */
export function rangeAround(day: string, range: TimesRange): { readonly from: string; readonly to: string } {
  // luxon's weeks are those of ISO 8601: they begin on Monday.
  const at = DateTime.fromISO(day, { zone: 'utc' });
  return { from: at.startOf(range).toFormat('yyyy-MM-dd'), to: at.endOf(range).toFormat('yyyy-MM-dd') };
}

/** Days from `from` to `to`, both included. */
function daysBetween(from: string, to: string): string[] {
  const days: string[] = [];
  for (let day = from; day <= to; day = dayBefore(day, -1)) days.push(day);
  return days;
}

/**
 * Times of one person from the ledger, also of days that have left its memory. A night shift counts on the day it
 * began, so the days around the range are read too.
 * @param day any local day of the week or month
 */
export async function ownTimes(
  ledger: Pick<Ledger, 'day' | 'days' | 'recent'>,
  personId: string,
  asked: { readonly range: TimesRange; readonly day: string },
  rules: PeriodRules,
  now: Instant,
): Promise<OwnTimes> {
  const { from, to } = rangeAround(asked.day, asked.range);
  const around = Math.ceil(rules.longestPeriodMs / 86_400_000) + 1;
  const [first, last] = [dayBefore(from, around), dayBefore(to, -around)];
  const events: AttendanceEvent[] = [];
  for (const date of ledger.days().filter((one) => one >= first && one <= last))
    events.push(...(await ledger.day(date)).filter((event) => event.person?.id === personId));
  events.sort((a, b) => a.seq - b.seq);

  const periods = workingPeriods(events, rules, now);
  const replaced = new Set(events.map(({ corrects }) => corrects));
  const shown = events
    .filter((event) => !replaced.has(event.id) && event.duplicateOf === undefined)
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at) || a.seq - b.seq);
  const today = localDay(now.wallMs, rules.zone);
  const days = daysBetween(from, to)
    .filter((day) => day <= today)
    .map((day) => ({
      day,
      workedMs: workedMs(periods, day),
      punches: shown.filter((event) => localDay(Date.parse(event.at), rules.zone) === day).map(ownPunch),
    }));
  const recent = ledger.recent(Number.NEGATIVE_INFINITY).filter((event) => event.person?.id === personId);
  return {
    from,
    to,
    workedMs: days.reduce((sum, day) => sum + day.workedMs, 0),
    days,
    present: workingPeriods(recent, rules, now).at(-1)?.state === 'open',
  };
}

function ownPunch(event: AttendanceEvent): OwnPunch {
  return { id: event.id, type: event.type, at: event.at, corrected: isCorrection(event) };
}
