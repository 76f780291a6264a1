/**
 * The HTTP contract: one zod schema per request and response. The pages take the types of this file by `import type`;
 * docs/openapi.json is generated from it.
 */
import { z } from 'zod';
import { evidenceSchema } from '../auth/evidence-schema.js';
import { PURPOSES } from '../domain/decision.js';
import { FAULTS, type FaultCode } from '../domain/errors.js';
import { FACTOR_KINDS, OTP_CHANNELS } from '../domain/factor.js';
import { GUIDANCE_CODES } from '../domain/guidance.js';
import { REASONS } from '../domain/reason.js';

export const text = (longest: number) =>
  z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(longest, `must not be longer than ${longest} characters`)
    .regex(/^[^\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]*$/u, 'must not contain control characters');
export const timestamp = z.string().describe('RFC 3339 with the offset in force.');
export const count = z.int().min(0);

export const directionSchema = z.enum(['check_in', 'check_out']);
export const languageSchema = z.enum(['en', 'de', 'fr']);
const faultCodes = Object.keys(FAULTS) as [FaultCode, ...FaultCode[]];

export const shownPerson = z.object({ id: z.string(), name: z.string() });
const punch = z.object({ direction: directionSchema, at: timestamp });

/** What the kiosk shows at this moment; the wire form of `domain/moment`. */
export const momentSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('idle') }),
  z.object({ kind: z.literal('guidance'), code: z.enum(GUIDANCE_CODES) }),
  z.object({
    kind: z.literal('recognised'),
    attemptId: z.string(),
    person: shownPerson,
    choices: z.array(directionSchema).readonly(),
    suggested: directionSchema.exactOptional(),
    expiresInMs: z.number(),
  }),
  z.object({
    kind: z.literal('done'),
    person: shownPerson,
    direction: directionSchema,
    at: timestamp,
    workedTodayMs: z.number(),
    previous: punch.exactOptional(),
  }),
  z.object({ kind: z.literal('duplicate'), person: shownPerson, earlier: punch }),
  z.object({ kind: z.literal('refused'), reason: z.enum(REASONS) }),
  z
    .object({ kind: z.literal('attempt'), attemptId: z.string() })
    .describe('A face was recognised whose policy asks for more: go on with this attempt.'),
  z.object({ kind: z.literal('not_recorded'), person: shownPerson, fault: z.enum(faultCodes) }),
]);

/** Health of the parts and the settings of the page. */
export const kioskStatusSchema = z.object({
  site: z.string().describe('Site name.'),
  kiosk: z.string().describe('Kiosk name.'),
  zone: z.string().describe('IANA time zone of the local day.'),
  language: languageSchema,
  theme: z.enum(['auto', 'light', 'dark']),
  sound: z.boolean(),
  demo: z.boolean().describe('True while recorded pictures are shown: the page says so.'),
  clock: z.object({ sync: z.enum(['ntp', 'rtc', 'none']) }),
  camera: z.object({
    kind: z.enum(['opencv', 'rpicam', 'raspistill', 'browser', 'demo', 'none']),
    state: z.enum(['opening', 'running', 'lost', 'none']),
    detail: z.string().exactOptional(),
    fps: z.number(),
    frameAgeMs: z.number().exactOptional(),
    mirrored: z.boolean().exactOptional().describe('The live picture is a mirror image already.'),
  }),
  vision: z.object({ process: z.enum(['starting', 'running', 'restarting', 'stopped']), restarts: count }),
  bus: z.object({
    enabled: z.boolean(),
    connected: z.boolean(),
    depth: count.describe('Events that the broker has not acknowledged.'),
    oldestSeconds: z.number().describe('Age of the oldest of them, 0 without any.'),
    lastError: z.string().exactOptional(),
  }),
  storage: z.object({
    ok: z.boolean(),
    freeBytes: z.number().exactOptional(),
    alarms: z.array(z.string()).readonly().describe('One sentence per alarm, oldest first.'),
  }),
  recognition: z.object({
    identification: z.boolean().describe('Whether people are recognised among all (1:N).'),
    reason: z.string().exactOptional().describe('Why not, as a sentence.'),
    gallery: count.describe('Persons compared.'),
    threshold: z.number().exactOptional(),
    fmr: z.number().exactOptional(),
  }),
  terminal: z
    .object({ attend: z.boolean(), login: z.boolean() })
    .describe('What can be begun at the screen now: a punch without the face alone, a log-in.'),
  enrolmentAllowed: z.boolean().describe('Whether anybody may enrol at the page.'),
  version: z.string(),
  uptimeSeconds: z.number(),
});

export const stateSchema = z.object({ moment: momentSchema, status: kioskStatusSchema });

export const chooseRequestSchema = z.strictObject({ direction: directionSchema });
export const chooseResponseSchema = z.object({ moment: momentSchema });

export const enrolmentRequestSchema = z.strictObject({
  name: text(80),
  externalId: text(40).exactOptional().describe("The employer's number."),
  personId: text(40)
    .exactOptional()
    .describe(
      'Somebody who is known without a face gets this one; for administrators. Name and number stay as they are.',
    ),
  consent: z.strictObject({
    accepted: z.literal(true, 'must be true: nobody is enrolled without consent'),
    textVersion: text(40),
    language: languageSchema,
  }),
});
export const enrolmentBegunSchema = z.object({ id: z.string(), needed: count.describe('Pictures that are needed.') });
export const photoVerdictSchema = z.discriminatedUnion('accepted', [
  z.object({ accepted: z.literal(true), count, needed: count }),
  z.object({ accepted: z.literal(false), reason: z.string(), detail: z.string(), count, needed: count }),
]);
export const enrolmentResultSchema = z.object({
  person: shownPerson,
  warnings: z
    .array(z.enum(['similar_person']))
    .readonly()
    .describe('The person is enrolled all the same. similar_person: somebody enrolled looks much alike.'),
});

const dayEventSchema = z.object({
  id: z.string(),
  seq: count,
  type: z.string().describe('AttendanceType.'),
  at: timestamp,
  clockSync: z.enum(['ntp', 'rtc', 'none']),
  factors: z.array(z.string()).readonly().describe('Kinds of the factors that passed.'),
});
const personDaySchema = z.object({
  person: shownPerson.extend({ externalId: z.string().exactOptional() }).nullable().describe('null after an erasure.'),
  events: z.array(dayEventSchema).readonly().describe('Oldest first.'),
  workedMs: z.number(),
  present: z.boolean().describe('A working period is running.'),
});
export const dayViewSchema = z.object({
  day: z.string().describe('Local day, YYYY-MM-DD.'),
  people: z.array(personDaySchema).readonly(),
});

const decisionFactorSchema = z.object({
  kind: z.enum(FACTOR_KINDS),
  outcome: z.enum(['passed', 'failed', 'unavailable']),
  reason: z.enum(REASONS),
  score: z.number().exactOptional(),
  threshold: z.number().exactOptional(),
  mode: z.enum(['1:1', '1:N']).exactOptional(),
  gallery: z.int().exactOptional().describe('Persons compared.'),
  fmr: z.number().exactOptional().describe('False match rate of one comparison at the threshold.'),
  model: z.string().exactOptional(),
  channel: z.enum(OTP_CHANNELS).exactOptional(),
  evidence: evidenceSchema.exactOptional().describe('Record of a run of liveness or pose; for administrators only.'),
});
const decisionRowSchema = z.object({
  id: z.string(),
  at: timestamp,
  outcome: z.enum(['granted', 'denied']),
  reason: z.enum(REASONS),
  person: shownPerson.exactOptional(),
  purpose: z.enum(PURPOSES).exactOptional(),
  factors: z.array(z.string()).readonly(),
  score: z.number().exactOptional(),
  threshold: z.number().exactOptional(),
  details: z.array(decisionFactorSchema).readonly().exactOptional().describe('Each factor in the order of its result.'),
});
export const decisionsSchema = z.object({ decisions: z.array(decisionRowSchema).readonly() });
export const daySchema = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, 'must be YYYY-MM-DD');

export const errorSchema = z.object({
  error: z.string().describe('Stable code.'),
  message: z.string().describe('What is wrong.'),
  mend: z.string().describe('What to do.'),
  reasons: z.array(z.string()).readonly().exactOptional().describe('Stable codes of each thing that is wrong.'),
});
export const healthSchema = z.object({ ok: z.boolean() });
export const readinessSchema = z.object({
  ok: z.boolean(),
  parts: z.object({ vision: z.boolean(), camera: z.boolean(), storage: z.boolean() }),
});

export type WireMoment = z.infer<typeof momentSchema>;
export type KioskStatus = z.infer<typeof kioskStatusSchema>;
export type Language = z.infer<typeof languageSchema>;
export type EnrolmentRequest = z.infer<typeof enrolmentRequestSchema>;
export type EnrolmentBegun = z.infer<typeof enrolmentBegunSchema>;
export type WirePhotoVerdict = z.infer<typeof photoVerdictSchema>;
export type WireEnrolmentResult = z.infer<typeof enrolmentResultSchema>;
export type DayEvent = z.infer<typeof dayEventSchema>;
export type DayView = z.infer<typeof dayViewSchema>;
export type DecisionFactor = z.infer<typeof decisionFactorSchema>;
export type DecisionRow = z.infer<typeof decisionRowSchema>;
export type WireError = z.infer<typeof errorSchema>;
