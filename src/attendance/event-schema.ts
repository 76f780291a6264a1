import { z } from 'zod';
import { ATTENDANCE_TYPES, type AttendanceEvent } from '../domain/attendance.js';
import { FACTOR_KINDS, OTP_CHANNELS } from '../domain/factor.js';
import { REASONS } from '../domain/reason.js';

const factor = z.strictObject({
  kind: z.enum(FACTOR_KINDS),
  outcome: z.enum(['passed', 'failed', 'unavailable']),
  reason: z.enum(REASONS),
  score: z.number().exactOptional(),
  threshold: z.number().exactOptional(),
  mode: z.enum(['1:1', '1:N']).exactOptional(),
  gallery: z.number().exactOptional(),
  fmr: z.number().exactOptional(),
  model: z.string().exactOptional(),
  channel: z.enum(OTP_CHANNELS).exactOptional(),
  at: z.number(),
});

/** One event as it lies in a day file. */
export const attendanceEventSchema: z.ZodType<AttendanceEvent> = z.strictObject({
  id: z.string().min(1),
  seq: z.int().min(1),
  type: z.enum(ATTENDANCE_TYPES),
  site: z.string(),
  kiosk: z.string(),
  person: z.strictObject({ id: z.string().min(1), externalId: z.string().exactOptional() }).nullable(),
  erased: z.literal(true).exactOptional(),
  at: z.iso.datetime({ offset: true }),
  zone: z.string(),
  clock: z.strictObject({
    sync: z.enum(['ntp', 'rtc', 'none']),
    offsetMs: z.number().exactOptional(),
    boot: z.string(),
    monoMs: z.number(),
  }),
  decisionId: z.string(),
  factors: z.array(factor),
  duplicateOf: z.string().exactOptional(),
  corrects: z.string().exactOptional(),
  correctionReason: z.enum(['approved', 'clock', 'device']).exactOptional(),
});
