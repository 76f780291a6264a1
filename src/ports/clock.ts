import type { ClockState } from '../domain/attendance.js';

/** Wall time for records, monotonic time for durations. */
export interface Clock {
  /** Unix milliseconds of the wall clock. May jump. */
  now(): number;
  /** CLOCK_MONOTONIC milliseconds since boot, fractional; equal in all processes of one machine. Never jumps. */
  mono(): number;
  /** State of the clocks for a record. */
  state(): ClockState;
  /** Calls back once after `ms` monotonic milliseconds; the returned function cancels. */
  after(ms: number, callback: () => void): () => void;
}
