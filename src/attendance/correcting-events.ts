import type { AttendanceEvent, Direction } from '../domain/attendance.js';
import { VestibuleError } from '../domain/errors.js';
import { localDay, localTimestamp } from '../domain/local-day.js';
import { directionOf } from '../domain/working-period.js';
import type { PlannedEvent } from './correction-record.js';

/** What should stand in the ledger: both, or neither for a punch that is to be taken away. */
export interface WantedPunch {
  readonly direction: Direction;
  /** RFC 3339 with offset. */
  readonly at: string;
}

/**
 * What a request asks for, or why it makes no sense.
 * @param original the punch that is wrong; absent for one that is missing
 * @param now Unix ms
 * @param oldest Unix ms; times before it are not corrected any more
 * @throws VestibuleError `input_invalid`
 */
export function wantedPunch(
  given: { readonly direction?: Direction | undefined; readonly at?: string | undefined },
  original: AttendanceEvent | undefined,
  limits: { readonly now: number; readonly oldest: number; readonly zone: string },
): WantedPunch | undefined {
  const { direction } = given;
  if (direction === undefined) {
    if (given.at !== undefined) throw invalid('Say whether the time is a check-in or a check-out.');
    if (original === undefined)
      throw invalid('Name a punch to take away, or give direction and time of a missing one.');
    return undefined;
  }
  if (given.at === undefined && original === undefined) throw invalid('Give the time of the missing punch.');
  const atMs = given.at === undefined ? Date.parse(original?.at ?? '') : Date.parse(given.at);
  if (Number.isNaN(atMs)) throw invalid('The time is not a time of the calendar.');
  if (atMs > limits.now) throw invalid('The time lies in the future. Give a time that is over.');
  if (atMs < limits.oldest) throw tooOld();
  if (original !== undefined && directionOf(original) === direction && Date.parse(original.at) === atMs)
    throw invalid('This is what is recorded already. Change the time or the direction.');
  return { direction, at: localTimestamp(atMs, limits.zone) };
}

/**
 * The events that carry a correction out. One that moves a punch to another local day withdraws the old punch in its
 * own day and adds the new one, so that each day's file is right by itself.
 * @param wanted absent: the punch is taken away
 */
export function correctingEvents(
  original: AttendanceEvent | undefined,
  wanted: WantedPunch | undefined,
  parts: { readonly zone: string; readonly newId: () => string; readonly externalId?: string | undefined },
): readonly PlannedEvent[] {
  const externalId = original?.person?.externalId ?? parts.externalId;
  const number = externalId === undefined ? {} : { externalId };
  const dayOf = (at: string): string => localDay(Date.parse(at), parts.zone);
  const events: PlannedEvent[] = [];
  const moves = original !== undefined && wanted !== undefined && dayOf(original.at) !== dayOf(wanted.at);
  if (original !== undefined && (wanted === undefined || moves))
    events.push({ id: parts.newId(), type: 'void', at: original.at, corrects: original.id, ...number });
  if (wanted !== undefined)
    events.push({
      id: parts.newId(),
      type: wanted.direction,
      at: wanted.at,
      ...(original !== undefined && !moves && { corrects: original.id }),
      ...number,
    });
  return events;
}

export function invalid(message: string): VestibuleError {
  return new VestibuleError('input_invalid', message);
}

/** Days back that punches can be corrected: the month before is still open while its pay is worked out. */
export const CORRECTABLE_DAYS = 62;

function tooOld(): VestibuleError {
  return invalid(`Punches of more than ${CORRECTABLE_DAYS} days ago cannot be corrected here. Ask an administrator.`);
}
