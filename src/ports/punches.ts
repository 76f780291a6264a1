import type { AttendanceEvent, Direction } from '../domain/attendance.js';
import type { Decision } from '../domain/decision.js';

/** What the attendance rules say about a person who stands there now. */
export type PunchPlan =
  /** The rules decide the direction. */
  | { readonly kind: 'record'; readonly direction: Direction }
  /** The person must press one of the choices. */
  | { readonly kind: 'ask'; readonly choices: readonly Direction[]; readonly suggested: Direction }
  /** Inside the duplicate interval. */
  | { readonly kind: 'duplicate'; readonly earlier: { readonly direction: Direction; readonly at: string } };

export interface RecordedPunch {
  readonly event: AttendanceEvent;
  /** Closed and running working periods of the present working day, ms. */
  readonly workedTodayMs: number;
  readonly previous?: { readonly direction: Direction; readonly at: string };
}

/** The recorder as the attend flow sees it (implemented by attendance/recorder.ts). */
export interface Punches {
  plan(personId: string): PunchPlan;
  /**
   * Writes and fsyncs one event; when it resolves the punch is durable. `decision.outcome` must be `granted` with a
   * person. Rejects with `storage_full` / `storage_failed`: then nothing was recorded.
   */
  record(decision: Decision, direction: Direction, externalId?: string): Promise<RecordedPunch>;
}
