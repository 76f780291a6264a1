import { type AttendanceEvent, type ClockState, type Direction, isCorrection } from './attendance.js';
import { localDay } from './local-day.js';

/** One stay: from a check-in to its check-out. It belongs to the local day of its check-in, also over midnight. */
export interface WorkingPeriod {
  readonly day: string;
  readonly checkIn: AttendanceEvent;
  readonly checkOut?: AttendanceEvent;
  /** `forgotten`: the check-out never came in time; it counts as no time worked. */
  readonly state: 'closed' | 'open' | 'forgotten';
  readonly durationMs: number;
}

export interface PeriodRules {
  readonly zone: string;
  /** A check-in older than this has a forgotten check-out. */
  readonly longestPeriodMs: number;
  /** First-in-last-out: a later check-out moves the end of the period. */
  readonly lastOutWins: boolean;
}

/** A moment by both clocks; without `clock` only wall time is known. */
export interface Instant {
  readonly wallMs: number;
  readonly clock?: Pick<ClockState, 'boot' | 'monoMs'>;
}

/** An event's moment. The clocks of a correction were read when it was approved: only its wall time says when. */
export function instantOf(event: AttendanceEvent): Instant {
  const wallMs = Date.parse(event.at);
  return isCorrection(event) ? { wallMs } : { wallMs, clock: event.clock };
}

/**
 * Milliseconds from one moment to a later one. Within one boot the monotonic clock decides, so a wall clock that was
 * set in between changes nothing; else wall time, never below 0.
 */
export function elapsedMs(from: Instant, to: Instant): number {
  if (from.clock !== undefined && to.clock !== undefined && from.clock.boot === to.clock.boot)
    return Math.max(0, to.clock.monoMs - from.clock.monoMs);
  return Math.max(0, to.wallMs - from.wallMs);
}

/**
 * The punches that count: no void, nothing that was corrected, no repeated punch. They stand in `seq` order; a
 * correction, which has a late number, stands where its time belongs.
 */
export function countedPunches(events: readonly AttendanceEvent[]): AttendanceEvent[] {
  const replaced = new Set(events.map((event) => event.corrects));
  const counted = events.filter(
    (event) => directionOf(event) !== undefined && event.duplicateOf === undefined && !replaced.has(event.id),
  );
  const corrections = counted.filter(isCorrection);
  if (corrections.length === 0) return counted;
  const punches = counted.filter((event) => !isCorrection(event));
  const atOf = (event: AttendanceEvent): number => Date.parse(event.at);
  for (const correction of corrections.sort((a, b) => atOf(a) - atOf(b) || a.seq - b.seq)) {
    const before = punches.findLastIndex((event) => atOf(event) <= atOf(correction));
    punches.splice(before + 1, 0, correction);
  }
  return punches;
}

/** Direction of a punch; undefined for every other type of event. */
export function directionOf(event: AttendanceEvent): Direction | undefined {
  return event.type === 'check_in' || event.type === 'check_out' ? event.type : undefined;
}

/**
 * Working periods of ONE person, oldest first.
 * A second check-in on the day of a running period changes nothing; on a later day the first one was left open by
 * mistake. A check-out that comes later than `longestPeriodMs`, or without a check-in, closes nothing.
 * @param events the person's events in `seq` order
 */
export function workingPeriods(events: readonly AttendanceEvent[], rules: PeriodRules, now: Instant): WorkingPeriod[] {
  const periods: WorkingPeriod[] = [];
  let open: AttendanceEvent | undefined;
  const dayOf = (event: AttendanceEvent): string => localDay(Date.parse(event.at), rules.zone);
  const forget = (event: AttendanceEvent): void => {
    periods.push({ day: dayOf(event), checkIn: event, state: 'forgotten', durationMs: 0 });
  };
  for (const event of countedPunches(events)) {
    if (event.type === 'check_in') {
      if (open !== undefined) {
        const isSameStay =
          dayOf(open) === dayOf(event) && elapsedMs(instantOf(open), instantOf(event)) <= rules.longestPeriodMs;
        if (isSameStay) continue;
        forget(open);
      }
      open = event;
      continue;
    }
    const start: AttendanceEvent | undefined = open ?? (rules.lastOutWins ? reopened(periods) : undefined);
    if (start === undefined) continue;
    const durationMs = elapsedMs(instantOf(start), instantOf(event));
    if (durationMs <= rules.longestPeriodMs) {
      if (open === undefined) periods.pop();
      periods.push({ day: dayOf(start), checkIn: start, checkOut: event, state: 'closed', durationMs });
    } else if (open !== undefined) forget(open);
    open = undefined;
  }
  if (open !== undefined) {
    const durationMs = elapsedMs(instantOf(open), now);
    if (durationMs > rules.longestPeriodMs) forget(open);
    else periods.push({ day: dayOf(open), checkIn: open, state: 'open', durationMs });
  }
  return periods;
}

function reopened(periods: readonly WorkingPeriod[]): AttendanceEvent | undefined {
  const last = periods.at(-1);
  return last?.state === 'closed' ? last.checkIn : undefined;
}

/** Milliseconds worked in the periods that belong to a local day. */
export function workedMs(periods: readonly WorkingPeriod[], day: string): number {
  return periods.filter((period) => period.day === day).reduce((sum, period) => sum + period.durationMs, 0);
}
