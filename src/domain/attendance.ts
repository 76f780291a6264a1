import type { FactorResult } from './factor.js';

export const ATTENDANCE_TYPES = [
  'check_in',
  'check_out',
  'break_start',
  'break_end',
  'visitor_in',
  'visitor_out',
  'void',
] as const;
export type AttendanceType = (typeof ATTENDANCE_TYPES)[number];

/** A punch a person can make. `void` is only made by a correction. */
export type Direction = 'check_in' | 'check_out';

/** How far the wall clock can be trusted: `none` = not at all. */
export type ClockSync = 'ntp' | 'rtc' | 'none';

/** State of the clocks when an event was made. */
export interface ClockState {
  readonly sync: ClockSync;
  /** Last known error of the wall clock, absent when unknown. */
  readonly offsetMs?: number;
  /** First 16 hex digits of the kernel's boot id. */
  readonly boot: string;
  /** Monotonic ms since boot. */
  readonly monoMs: number;
}

/** One durable punch. Its MQTT form is docs/mqtt.md "Attendance". */
export interface AttendanceEvent {
  /** UUIDv7 made when the record is written; the dedup key. */
  readonly id: string;
  /** From 1, per kiosk, without gaps. */
  readonly seq: number;
  readonly type: AttendanceType;
  readonly site: string;
  readonly kiosk: string;
  /** null after an erasure: the row keeps its seq. */
  readonly person: { readonly id: string; readonly externalId?: string } | null;
  readonly erased?: true;
  /** RFC 3339 with milliseconds and the offset in force. */
  readonly at: string;
  /** IANA zone. */
  readonly zone: string;
  readonly clock: ClockState;
  /** Id of the decision in the audit; of an approved correction the id of its request. */
  readonly decisionId: string;
  readonly factors: readonly FactorResult[];
  /** Id of the earlier punch when this one fell inside the duplicate interval and was recorded all the same. */
  readonly duplicateOf?: string;
  /** Id of the earlier event that this one replaces, or withdraws when the type is `void`. Both lie in one local day. */
  readonly corrects?: string;
  readonly correctionReason?: 'approved' | 'clock' | 'device';
}

/** True for an event that was not made by a punch: it replaces, withdraws or adds one after the fact. */
export function isCorrection(event: Pick<AttendanceEvent, 'corrects' | 'correctionReason'>): boolean {
  return event.corrects !== undefined || event.correctionReason !== undefined;
}

/** Unix ms at which an event was written: a correction names the time that should stand there in `at`. */
export function recordedMs(event: AttendanceEvent): number {
  const fromId = isCorrection(event) ? Number.parseInt(event.id.slice(0, 13).replace('-', ''), 16) : Number.NaN;
  return Number.isNaN(fromId) ? Date.parse(event.at) : fromId;
}
