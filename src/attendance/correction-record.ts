import { z } from 'zod';
import type { AttendanceType, Direction } from '../domain/attendance.js';
import type { CollectionSpec } from '../ports/collection.js';

/** An event that an approved correction makes. Its id is chosen before it is written, so it is never written twice. */
export interface PlannedEvent {
  readonly id: string;
  readonly type: Extract<AttendanceType, Direction | 'void'>;
  /** RFC 3339 with offset. */
  readonly at: string;
  readonly corrects?: string | undefined;
  readonly externalId?: string | undefined;
}

/**
 * A request to correct a punch. `approving`: somebody approved it, and the events are on their way to the ledger;
 * they are written at the latest at the next start.
 */
export interface CorrectionRecord {
  /** UUIDv7. */
  readonly id: string;
  readonly personId: string;
  /** RFC 3339 with offset. */
  readonly requestedAt: string;
  readonly state: 'open' | 'approving' | 'approved' | 'rejected';
  /** The punch that is wrong; absent for one that is missing. */
  readonly eventId?: string | undefined;
  /** The punch as it stood when the request was made. */
  readonly was?: { readonly direction: Direction; readonly at: string } | undefined;
  /** What should stand there; absent asks to take the punch away. */
  readonly direction?: Direction | undefined;
  /** RFC 3339 with offset. */
  readonly at?: string | undefined;
  readonly reason: string;
  /** Person id; absent for the holder of the admin code. */
  readonly decidedBy?: string | undefined;
  readonly decidedAt?: string | undefined;
  readonly note?: string | undefined;
  readonly events?: readonly PlannedEvent[] | undefined;
}

export interface CorrectionsDocument {
  readonly corrections: readonly CorrectionRecord[];
}

const direction = z.enum(['check_in', 'check_out']);
const plannedEvent = z.strictObject({
  id: z.string(),
  type: z.enum(['check_in', 'check_out', 'void']),
  at: z.string(),
  corrects: z.string().optional(),
  externalId: z.string().optional(),
});
const record = z.strictObject({
  id: z.string(),
  personId: z.string(),
  requestedAt: z.string(),
  state: z.enum(['open', 'approving', 'approved', 'rejected']),
  eventId: z.string().optional(),
  was: z.strictObject({ direction, at: z.string() }).optional(),
  direction: direction.optional(),
  at: z.string().optional(),
  reason: z.string(),
  decidedBy: z.string().optional(),
  decidedAt: z.string().optional(),
  note: z.string().optional(),
  events: z.array(plannedEvent).optional(),
});

/** The document `corrections.json`. */
export const CORRECTIONS_SPEC: CollectionSpec<CorrectionsDocument> = {
  file: 'corrections.json',
  version: 1,
  schema: z.strictObject({ corrections: z.array(record) }),
  initial: () => ({ corrections: [] }),
};

/** True while somebody has to decide about a request, or its events are not in the ledger yet. */
export function isPending({ state }: CorrectionRecord): boolean {
  return state === 'open' || state === 'approving';
}
