import { z } from 'zod';
import type { AttendanceEvent } from '../domain/attendance.js';
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
  schema: z.strictObject({ segments: z.array(z.strictObject({ date, fromSeq: z.int().min(1) })) }),
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

/** The segments that a set of events, each with the day of its file, makes. */
export function segmentsOf(events: readonly { readonly seq: number; readonly day: string }[]): Segment[] {
  const segments: Segment[] = [];
  for (const { seq, day } of [...events].sort((a, b) => a.seq - b.seq)) {
    if (segments.at(-1)?.date !== day) segments.push({ date: day, fromSeq: seq });
  }
  return segments;
}
