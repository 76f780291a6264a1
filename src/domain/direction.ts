import type { AttendanceEvent, Direction } from './attendance.js';
import { localDay, minuteOfDay } from './local-day.js';
import {
  countedPunches,
  directionOf,
  elapsedMs,
  type Instant,
  instantOf,
  type PeriodRules,
  type WorkingPeriod,
  workingPeriods,
} from './working-period.js';

/** Local times HH:MM; `to` is not in the range; `from` later than `to` crosses midnight; equal = the whole day. */
export interface ScheduleRange {
  readonly from: string;
  readonly to: string;
  readonly direction: Direction;
}

export const DIRECTION_MODES = ['ask', 'alternate', 'first-in-last-out', 'fixed-in', 'fixed-out', 'schedule'] as const;
export type DirectionMode = (typeof DIRECTION_MODES)[number];

export interface DirectionRules extends PeriodRules {
  readonly mode: DirectionMode;
  readonly schedule: readonly ScheduleRange[];
  readonly duplicateIntervalMs: number;
}

/** What the rules say: `decided`, or `ask` with the direction that is most likely. */
export interface DirectionAnswer {
  readonly kind: 'decided' | 'ask';
  readonly direction: Direction;
}

/** Direction of the first range that holds a local time; undefined when none does. */
export function scheduledDirection(minute: number, schedule: readonly ScheduleRange[]): Direction | undefined {
  return schedule.find(({ from, to }) => {
    const [start, end] = [minutes(from), minutes(to)];
    return start < end ? minute >= start && minute < end : minute >= start || minute < end;
  })?.direction;
}

function minutes(timeOfDay: string): number {
  const [hours, rest] = timeOfDay.split(':');
  return Number(hours) * 60 + Number(rest);
}

/**
 * Direction of a punch now.
 * alternate: out when a period runs, else in. first-in-last-out: in when no period of this local day exists and none
 * runs from the day before, else out. schedule: the first matching range; between the ranges as alternate.
 * @param events the person's events in `seq` order, at least of the last two local days
 */
export function directionNow(events: readonly AttendanceEvent[], rules: DirectionRules, now: Instant): DirectionAnswer {
  const periods = workingPeriods(events, rules, now);
  const next: Direction = periods.at(-1)?.state === 'open' ? 'check_out' : 'check_in';
  switch (rules.mode) {
    case 'ask':
      return { kind: 'ask', direction: next };
    case 'alternate':
      return { kind: 'decided', direction: next };
    case 'first-in-last-out':
      return { kind: 'decided', direction: firstInLastOut(periods, rules, now) };
    case 'fixed-in':
      return { kind: 'decided', direction: 'check_in' };
    case 'fixed-out':
      return { kind: 'decided', direction: 'check_out' };
    case 'schedule':
      return {
        kind: 'decided',
        direction: scheduledDirection(minuteOfDay(now.wallMs, rules.zone), rules.schedule) ?? next,
      };
  }
}

function firstInLastOut(periods: readonly WorkingPeriod[], rules: DirectionRules, now: Instant): Direction {
  const last = periods.at(-1);
  if (last === undefined || last.state === 'forgotten') return 'check_in';
  if (last.state === 'open') return 'check_out';
  const isToday = last.day === localDay(now.wallMs, rules.zone);
  return isToday && elapsedMs(instantOf(last.checkIn), now) <= rules.longestPeriodMs ? 'check_out' : 'check_in';
}

/** The person's last punch, or undefined. */
export function lastPunch(events: readonly AttendanceEvent[]): AttendanceEvent | undefined {
  return countedPunches(events).at(-1);
}

/** The earlier punch when a punch now would fall inside the duplicate interval. */
export function repeatedPunch(
  events: readonly AttendanceEvent[],
  rules: Pick<DirectionRules, 'duplicateIntervalMs'>,
  now: Instant,
): { readonly event: AttendanceEvent; readonly direction: Direction } | undefined {
  const event = lastPunch(events);
  const direction = event === undefined ? undefined : directionOf(event);
  if (event === undefined || direction === undefined) return undefined;
  const earlier = instantOf(event);
  const sameBoot = earlier.clock?.boot === now.clock?.boot;
  // After a restart only wall time is left; a wall clock that went back proves no repetition.
  if (!sameBoot && now.wallMs < earlier.wallMs) return undefined;
  return elapsedMs(earlier, now) < rules.duplicateIntervalMs ? { event, direction } : undefined;
}
