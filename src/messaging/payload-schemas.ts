import { z } from 'zod';
import { ATTENDANCE_TYPES } from '../domain/attendance.js';
import { PURPOSES } from '../domain/decision.js';
import { FACTOR_KINDS, OTP_CHANNELS } from '../domain/factor.js';
import { REASONS } from '../domain/reason.js';

/** Schemas of every JSON payload (docs/mqtt.md). Strict: the kiosk sends no key that is not in here. */

const rfc3339 = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}(Z|[+-]\d{2}:\d{2})$/)
  .describe('RFC 3339 with milliseconds and the offset in force.');
const id = z.uuid().describe('UUIDv7; the dedup key.');
const sync = z.enum(['ntp', 'rtc', 'none']).describe('How far the wall clock can be trusted.');
const version = z.literal(1).describe('Payload version.');
const replayed = z.boolean().describe('false only in the first publish within 5 s of the record.');
const seq = z.int().min(1);
const model = z.string().describe('First 16 hex digits of the SHA-256 of the model pack.');

const factor = z.strictObject({
  kind: z.enum(FACTOR_KINDS),
  outcome: z.enum(['passed', 'failed', 'unavailable']),
  mode: z.enum(['1:1', '1:N']).optional(),
  gallery: z.int().min(0).optional().describe('Persons compared.'),
  fmr: z.number().optional().describe('False match rate per comparison at the threshold used.'),
  model: model.optional(),
  channel: z.enum(OTP_CHANNELS).optional(),
  score: z.number().optional().describe('Only with mqtt.scores, only on passed factors.'),
  threshold: z.number().optional().describe('Only with mqtt.scores, only on passed factors.'),
});
const person = z.strictObject({ id: z.string(), ext: z.string().optional().describe('Only with mqtt.externalId.') });

export const attendancePayload = z.strictObject({
  v: version,
  event_type: z.enum(ATTENDANCE_TYPES),
  id,
  seq: seq.describe('From 1, per kiosk, without gaps. Order is seq, not arrival.'),
  site: z.string(),
  kiosk: z.string(),
  person: person.nullable().describe('null with erased: true after an erasure.'),
  erased: z.literal(true).optional(),
  at: rfc3339,
  tz: z.string().describe('IANA zone.'),
  clock: z.strictObject({
    sync,
    offset_ms: z.number().optional(),
    boot: z.string(),
    mono_ms: z.int(),
  }),
  decision: z.string().describe('Id of the decision in the audit file.'),
  factors: z.array(factor),
  dup_of: z.string().optional().describe('Id of the earlier punch inside the duplicate interval.'),
  corrects: z.string().optional().describe('Id of the event that this one replaces.'),
  reason: z.enum(['approved', 'clock', 'device']).optional(),
  replayed,
});

export const ACCESS_TYPES = ['granted', 'denied', 'lockout', 'duress', 'tamper'] as const;
export const accessPayload = z.strictObject({
  v: version,
  event_type: z.enum(ACCESS_TYPES),
  id,
  site: z.string(),
  kiosk: z.string(),
  purpose: z.enum(PURPOSES).optional(),
  at: rfc3339,
  reason: z.enum(REASONS).optional(),
  person: person.optional().describe('Only when an identity was claimed or matched.'),
  factors: z.array(factor),
  until: rfc3339.optional().describe('End of a lockout.'),
  replayed,
});

export const SYSTEM_TYPES = [
  'started',
  'stopping',
  'camera_lost',
  'camera_back',
  'vision_restarted',
  'clock_stepped',
  'clock_synced',
  'storage_error',
  'file_recovered',
  'disk_low',
  'outbox_high',
  'client_id_conflict',
  'config_rejected',
  'update_available',
] as const;
export const systemPayload = z.strictObject({
  v: version,
  event_type: z.enum(SYSTEM_TYPES),
  id,
  site: z.string(),
  kiosk: z.string(),
  at: rfc3339,
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  replayed,
});

export const infoPayload = z.strictObject({
  v: version,
  product: z.literal('vestibule'),
  version: z.string(),
  site: z.string(),
  kiosk: z.string(),
  tz: z.string(),
  boot: z.string(),
  schemas: z.strictObject({ attendance: version, access: version, system: version, health: version }),
  seq: z.strictObject({ oldest: z.int().min(0), newest: z.int().min(0) }),
  factors: z.array(z.enum(FACTOR_KINDS)),
  models: z.array(z.strictObject({ kind: z.enum(FACTOR_KINDS), id: z.string(), sha256: model })),
  commands: z.array(z.string()),
  duplicate_interval_s: z.int().min(0),
});

export const healthPayload = z.strictObject({
  v: version,
  at: rfc3339,
  uptime_s: z.int().min(0),
  rss_bytes: z.int().min(0),
  load1: z.number(),
  cpu_c: z.number().optional().describe('Absent where there is no sensor.'),
  camera: z.strictObject({ ok: z.boolean(), fps: z.number().optional(), frame_age_ms: z.number().optional() }),
  vision: z.strictObject({ ok: z.boolean(), restarts: z.int().min(0) }),
  outbox: z.strictObject({
    depth: z.int().min(0),
    oldest_s: z.int().min(0),
    seq: z.int().min(0),
    acked_seq: z.int().min(0),
    limit: z.int().min(0),
  }),
  bus: z.strictObject({ dropped: z.int().min(0), reconnects: z.int().min(0) }),
  clock: z.strictObject({ sync, offset_ms: z.number().optional() }),
  disk: z.strictObject({ free_bytes: z.int().min(0).optional(), writable: z.boolean() }),
  last_error: z.strictObject({ code: z.string(), at: rfc3339 }).nullable(),
});

export const updatePayload = z.strictObject({ installed_version: z.string(), latest_version: z.string() });

/** The consumer's acknowledgement on `base/ack`. */
export const ackPayload = z.object({ v: version, consumer: z.string().min(1).max(64), seq: z.int().min(1) });

export const responsePayload = z.strictObject({
  status: z.enum(['ok', 'error']),
  error: z
    .enum([
      'retained',
      'malformed',
      'stale',
      'clock',
      'reused',
      'unsigned',
      'not_permitted',
      'busy',
      'gone',
      'interrupted',
    ])
    .optional(),
  message: z.string().optional(),
  data: z.record(z.string(), z.union([z.string(), z.number()])),
  transaction: z.string().optional(),
});

export type AttendancePayload = z.infer<typeof attendancePayload>;
export type AccessPayload = z.infer<typeof accessPayload>;
export type AccessType = (typeof ACCESS_TYPES)[number];
export type SystemType = (typeof SYSTEM_TYPES)[number];
export type SystemPayload = z.infer<typeof systemPayload>;
export type SystemDetail = SystemPayload['detail'];
export type InfoPayload = z.infer<typeof infoPayload>;
export type HealthPayload = z.infer<typeof healthPayload>;
export type ResponsePayload = z.infer<typeof responsePayload>;
export type FactorPayload = z.infer<typeof factor>;
