/** The HTTP contract of a person's own page and of the administration of people. */
import { z } from 'zod';
import { FACTOR_KINDS } from '../domain/factor.js';
import { LIVENESS_REASONS } from '../domain/liveness/gate.js';
import { LIVENESS_HINTS } from '../domain/liveness/run-order.js';
import { ROLES } from '../domain/role.js';
import { count, daySchema, directionSchema, languageSchema, shownPerson, text, timestamp } from './contract.js';
import {
  badgeText,
  codeText,
  otpChoiceSchema,
  passwordText,
  pinText,
  setupSchema,
  userNameText,
} from './contract-login.js';

const badgeRow = z.object({ id: z.string(), label: z.string(), addedAt: timestamp });
const contactRow = z.object({ destination: z.string().describe('Masked.'), confirmed: z.boolean() });
/** Which factors a person has. Never the factors themselves. */
const factorsSchema = z.object({
  password: z.boolean(),
  pin: z.boolean(),
  badges: z.array(badgeRow).readonly(),
  totp: z.boolean(),
  phone: contactRow.exactOptional(),
  email: contactRow.exactOptional(),
  recoveryCodesLeft: count,
  face: z.boolean(),
  pose: z.boolean(),
});
export const profileSchema = z.object({
  person: shownPerson,
  userName: z.string().exactOptional(),
  role: z.enum(ROLES),
  factors: factorsSchema,
  otp: z.array(otpChoiceSchema).readonly().describe('Ways to get a code that work for this person now.'),
  setup: setupSchema,
  poseOffered: z.boolean().describe('Body motion can be set up: the policy asks for it and it is compared here.'),
});

const ownPunch = z.object({ id: z.string(), type: z.string(), at: timestamp, corrected: z.boolean() });
export const ownTimesSchema = z.object({
  from: daySchema,
  to: daySchema,
  workedMs: z.number(),
  days: z.array(z.object({ day: daySchema, workedMs: z.number(), punches: z.array(ownPunch).readonly() })).readonly(),
  present: z.boolean(),
});
export const rangeSchema = z.enum(['week', 'month']);

export const passwordChangeSchema = z.strictObject({ current: passwordText.exactOptional(), next: passwordText });
export const pinChangeSchema = z.strictObject({ pin: pinText });
export const totpBegunSchema = z.object({
  secret: z.string().describe('Base32, to type in where no camera can read the QR code.'),
  uri: z.string().describe('otpauth:// URI for the QR code.'),
});
export const codeSchema = z.strictObject({ code: codeText });
export const contactSchema = z.strictObject({ destination: text(254).describe('Telephone number or address.') });
export const contactBegunSchema = z.object({ destination: z.string().describe('Masked.'), expiresInMs: z.number() });
export const recoveryCodesSchema = z.object({ codes: z.array(z.string()).readonly().describe('Shown only once.') });
export const badgeSchema = z.strictObject({ badge: badgeText, label: text(40) });
/** Begins to set up what is computed from the body: the face, or a pose signature. */
export const faceBeginSchema = z.strictObject({
  consent: z.strictObject({
    accepted: z.literal(true, 'must be true: no face is enrolled without consent'),
    textVersion: text(40),
    language: languageSchema,
  }),
});

/** Where the set-up of a pose signature stands: several takes of the same gesture before the camera. */
export const poseSetupSchema = z.object({
  id: z.string(),
  phase: z.enum(['ready', 'taking', 'done']),
  taken: count,
  needed: count,
  hint: z.enum(LIVENESS_HINTS).exactOptional(),
  refused: z.enum(LIVENESS_REASONS).exactOptional().describe('Why the last take does not count.'),
  remainingMs: z.number().describe('Of the take under way.'),
});

export const correctionRequestSchema = z.strictObject({
  /** The event that is wrong; absent for a punch that is missing. */
  eventId: z.uuid().exactOptional(),
  /** What should stand there; absent asks to take the event away. */
  direction: directionSchema.exactOptional(),
  at: z.iso.datetime({ offset: true }).exactOptional().describe('RFC 3339 with offset.'),
  reason: text(200),
});
export const correctionRowSchema = z.object({
  id: z.string(),
  person: shownPerson.nullable(),
  requestedAt: timestamp,
  state: z.enum(['open', 'approved', 'rejected']),
  eventId: z.string().exactOptional(),
  was: z
    .object({ direction: directionSchema, at: timestamp })
    .exactOptional()
    .describe('The punch as it stood when the request was made.'),
  direction: directionSchema.exactOptional(),
  at: timestamp.exactOptional(),
  reason: z.string(),
  decidedBy: shownPerson.exactOptional(),
  note: z.string().exactOptional(),
});
export const correctionsSchema = z.object({ corrections: z.array(correctionRowSchema).readonly() });
export const correctionVerdictSchema = z.strictObject({
  verdict: z.enum(['approve', 'reject']),
  note: text(200).exactOptional(),
});

const adminPersonSchema = z.object({
  id: z.string(),
  name: z.string(),
  externalId: z.string().exactOptional(),
  createdAt: timestamp,
  active: z.boolean(),
  userName: z.string().exactOptional(),
  role: z.enum(ROLES),
  factors: factorsSchema,
  setup: setupSchema,
  locks: z
    .array(z.object({ factor: z.enum(FACTOR_KINDS), failures: count, waitMs: z.number(), locked: z.boolean() }))
    .readonly(),
  sessions: count,
});
export const adminPeopleSchema = z.object({ people: z.array(adminPersonSchema).readonly() });
export const newPersonSchema = z.strictObject({
  name: text(80),
  externalId: text(40).exactOptional(),
  userName: userNameText.exactOptional(),
  role: z.enum(ROLES).default('person'),
});
export const personChangeSchema = z.strictObject({
  name: text(80).exactOptional(),
  externalId: text(40).nullable().exactOptional(),
  role: z.enum(ROLES).exactOptional(),
  active: z.boolean().exactOptional(),
});
export const invitationRequestSchema = z.strictObject({ kind: z.enum(['register', 'reset']) });
export const invitationSchema = z.object({
  code: z.string().describe('Shown only once; to be typed at the kiosk.'),
  expiresAt: timestamp,
});
export const newPersonAnswerSchema = z.object({ person: shownPerson, invitation: invitationSchema });

export type Factors = z.infer<typeof factorsSchema>;
export type Profile = z.infer<typeof profileSchema>;
export type OwnTimes = z.infer<typeof ownTimesSchema>;
export type CorrectionRow = z.infer<typeof correctionRowSchema>;
export type CorrectionRequest = z.infer<typeof correctionRequestSchema>;
export type CorrectionVerdict = z.infer<typeof correctionVerdictSchema>;
export type AdminPerson = z.infer<typeof adminPersonSchema>;
export type NewPersonRequest = z.infer<typeof newPersonSchema>;
export type PersonChangeRequest = z.infer<typeof personChangeSchema>;
export type InvitationAnswer = z.infer<typeof invitationSchema>;
export type ContactBegun = z.infer<typeof contactBegunSchema>;
export type TotpBegun = z.infer<typeof totpBegunSchema>;
export type PoseSetup = z.infer<typeof poseSetupSchema>;
