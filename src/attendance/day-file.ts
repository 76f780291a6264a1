import { z } from 'zod';
import { type AttendanceEvent, isCorrection } from '../domain/attendance.js';
import { localDay } from '../domain/local-day.js';
import type { CollectionSpec } from '../ports/collection.js';
import { attendanceEventSchema } from './event-schema.js';

/** Directory of the day files under the state directory. */
export const ATTENDANCE_DIRECTORY = 'attendance';

/** The events of one local day in `seq` order. */
export interface DayDocument {
  readonly events: readonly AttendanceEvent[];
}

/**
 * A run of events that lie in one day file. Normally one a day; a wall clock that jumps and comes back makes more of
 * them, so the order of the events is kept here and not by the names of the files.
 */
export interface Segment {
  readonly date: string;
  readonly fromSeq: number;
  /** Corrections of a day that is over; such a segment says nothing about which days are the newest. */
  readonly backdated?: true;
}

export interface SegmentsDocument {
  readonly segments: readonly Segment[];
}

const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);

/** The document `attendance/<date>.json`. */
export function daySpec(day: string): CollectionSpec<DayDocument> {
  return {
    file: `${ATTENDANCE_DIRECTORY}/${day}.json`,
    version: 1,
    schema: z.strictObject({ events: z.array(attendanceEventSchema) }),
    initial: () => ({ events: [] }),
  };
}

/** The document `attendance/segments.json`. */
export const SEGMENTS_SPEC: CollectionSpec<SegmentsDocument> = {
  file: `${ATTENDANCE_DIRECTORY}/segments.json`,
  version: 1,
  schema: z.strictObject({
    segments: z.array(z.strictObject({ date, fromSeq: z.int().min(1), backdated: z.literal(true).exactOptional() })),
  }),
  initial: () => ({ segments: [] }),
};

/** Name of the CSV file of a day. */
export function csvName(day: string): string {
  return `${ATTENDANCE_DIRECTORY}/${day}.csv`;
}

/** Days of which a day file or its previous copy exists, sorted. */
export function daysAmong(names: readonly string[]): string[] {
  const days = names.map((name) => /^(\d{4}-\d{2}-\d{2})\.json(\.prev)?$/.exec(name)?.[1]);
  return [...new Set(days.filter((day) => day !== undefined))].sort();
}

/** What of an event says where it is filed. */
export type FiledEvent = Pick<AttendanceEvent, 'seq' | 'at' | 'corrects' | 'correctionReason'>;

export function filed({ seq, at, corrects, correctionReason }: AttendanceEvent): FiledEvent {
  return {
    seq,
    at,
    ...(corrects !== undefined && { corrects }),
    ...(correctionReason !== undefined && { correctionReason }),
  };
}

/** The segment that an event belongs to when it is appended after `last`; the same one when the run goes on. */
export function segmentOf(event: FiledEvent, zone: string, last: Segment | undefined): Segment {
  const day = localDay(Date.parse(event.at), zone);
  const backdated = isCorrection(event);
  if (last?.date === day && (backdated || last.backdated === undefined)) return last;
  return { date: day, fromSeq: event.seq, ...(backdated && { backdated }) };
}

/** The segments that a set of events makes. */
export function segmentsOf(events: readonly FiledEvent[], zone: string): Segment[] {
  const segments: Segment[] = [];
  for (const event of [...events].sort((a, b) => a.seq - b.seq)) {
    const segment = segmentOf(event, zone, segments.at(-1));
    if (segment !== segments.at(-1)) segments.push(segment);
  }
  return segments;
}

/** The segments from the newest `days` days on that people punched at; corrections of older days in between count as nothing. */
export function newestSegments(segments: readonly Segment[], days: number): readonly Segment[] {
  let seen = 0;
  let date: string | undefined;
  let first = segments.length;
  for (const segment of segments.toReversed()) {
    if (segment.backdated === undefined && segment.date !== date) {
      if (seen === days) break;
      seen += 1;
      date = segment.date;
    }
    first -= 1;
  }
  return segments.slice(first);
}
