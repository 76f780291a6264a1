/** The HTTP contract of attempts, sessions and registration. The pages take its types by `import type`. */
import { z } from 'zod';
import { PURPOSES } from '../domain/decision.js';
import { FACTOR_KINDS, OTP_CHANNELS } from '../domain/factor.js';
import { GUIDANCE_CODES } from '../domain/guidance.js';
import { CHALLENGE_ACTIONS } from '../domain/liveness/action.js';
import { LIVENESS_LEVELS } from '../domain/liveness/evidence.js';
import { LIVENESS_REASONS } from '../domain/liveness/gate.js';
import { LIVENESS_HINTS } from '../domain/liveness/run-order.js';
import { ROLES } from '../domain/role.js';
import { count, languageSchema, shownPerson, text, timestamp } from './contract.js';

/** As it was typed; at most 1,024 characters, so that a paste never reaches the hasher as a book. */
export const passwordText = z.string().min(1, 'must not be empty').max(1024, 'must not be longer than 1024 characters');
export const userNameText = text(64).describe('User name; upper and lower case are the same.');
export const pinText = z.string().regex(/^\d{4,12}$/, 'must be 4 to 12 digits');
export const badgeText = z
  .string()
  .trim()
  .regex(/^[\x21-\x7e]{3,128}$/, 'must be 3 to 128 printable characters without spaces');
export const codeText = z
  .string()
  .trim()
  .regex(/^[0-9A-Za-z-]{4,32}$/, 'must be 4 to 32 digits or letters');

/** Name of a configured way to get a code, for example `totp` or `twilio-sms`. */
const channelId = z.string().regex(/^[a-z-]{3,32}$/);

export const attemptBeginSchema = z.strictObject({
  purpose: z.enum(PURPOSES),
  client: z
    .enum(['page', 'api'])
    .default('page')
    .describe('`page`: the session comes in cookies. `api`: access and refresh token come in the body.'),
});
export const identitySchema = z.union([
  z.strictObject({ userName: userNameText }),
  z.strictObject({ badge: badgeText }),
]);
export const alternativeSchema = z.strictObject({ index: z.int().min(0).max(15) });
export const factorAnswerSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('password'), password: passwordText }),
  z.strictObject({ kind: z.literal('pin'), pin: pinText }),
  z.strictObject({ kind: z.literal('badge'), badge: badgeText }),
  z.strictObject({ kind: z.literal('otp'), code: codeText }),
]);
export const codeRequestSchema = z.strictObject({ channel: channelId });

/** `given`: an answer waits for the rest of its step. `unavailable`: cannot work now (no camera, no code channel). */
const factorView = z.object({
  kind: z.enum(FACTOR_KINDS),
  state: z.enum(['waiting', 'given', 'passed', 'unavailable']),
});
const stepView = z.object({
  factors: z.array(factorView).readonly(),
  state: z.enum(['waiting', 'current', 'passed']),
});
export const otpChoiceSchema = z.object({
  id: channelId,
  channel: z.enum(OTP_CHANNELS),
  destination: z.string().exactOptional().describe('Masked; absent for totp, recovery and unproven callers.'),
});
const otpViewSchema = z.object({
  choices: z.array(otpChoiceSchema).readonly(),
  sent: z
    .object({
      id: channelId,
      channel: z.enum(OTP_CHANNELS),
      destination: z.string().exactOptional(),
      expiresInMs: z.number().describe('0 when the code is dead.'),
      resendInMs: z.number().describe('The server refuses to send again before.'),
      triesLeft: count,
      demoCode: z.string().exactOptional().describe('Only the demo shows the code on the screen.'),
    })
    .exactOptional(),
});

/** Why the last answer did not help. One word for wrong, unknown and mismatching: it gives nothing away. */
const MESSAGES = [
  'not_right',
  'wait',
  'locked',
  'code_wrong',
  'code_expired',
  'code_not_sent',
  'code_too_soon',
  'code_limit',
  'face_not_seen',
  'not_live',
  'unavailable',
  'busy',
] as const;

const livenessViewSchema = z.object({
  factor: z.enum(['liveness', 'pose']),
  state: z.enum(['ready', 'running']).describe('ready: begins when the page asks for it (`start`).'),
  level: z.enum(LIVENESS_LEVELS),
  phase: z.enum(['passive', 'neutral', 'prompt', 'light', 'pose_take', 'over']),
  prompt: z
    .object({
      id: z.string(),
      action: z.enum(CHALLENGE_ACTIONS),
      number: count,
      of: count,
      moving: z.boolean(),
      progress: z.number(),
      remainingMs: z.number(),
    })
    .exactOptional()
    .describe('Put it on the screen, then say `shown`: its time begins then.'),
  light: z.object({ id: z.string(), colour: z.string() }).exactOptional(),
  lightAhead: z
    .boolean()
    .exactOptional()
    .describe('Bright colours belong to this run: the page warns before it starts.'),
  gestureAhead: z.boolean().exactOptional().describe('The own gesture belongs to this run, after the challenge.'),
  progress: z.number(),
  hint: z.enum(LIVENESS_HINTS).exactOptional(),
  skipsLeft: count,
  remainingMs: z.number(),
});

const attemptViewSchema = z.object({
  id: z.string(),
  purpose: z.enum(PURPOSES),
  phase: z.enum(['identify', 'factors', 'granted', 'denied']),
  userName: z.string().exactOptional().describe('As it was typed.'),
  person: shownPerson.exactOptional().describe('Only once a factor proved who it is.'),
  identifyBy: z
    .array(z.enum(['name', 'badge', 'face']))
    .readonly()
    .describe('Ways to say who one is, while phase is identify.'),
  alternatives: z.array(z.array(z.array(z.enum(FACTOR_KINDS)).readonly()).readonly()).readonly(),
  chosen: count,
  steps: z.array(stepView).readonly().describe('Steps of the chosen alternative.'),
  otp: otpViewSchema.exactOptional().describe('While a code is asked for.'),
  guidance: z.enum(GUIDANCE_CODES).exactOptional().describe('While the camera looks for the face.'),
  live: livenessViewSchema.exactOptional().describe('While liveness or pose is asked for.'),
  message: z
    .object({
      code: z.enum(MESSAGES),
      waitMs: z.number().exactOptional(),
      detail: z.enum(LIVENESS_REASONS).exactOptional().describe('With not_live, or unavailable: why.'),
    })
    .exactOptional()
    .describe('What became of the last answer when it did not pass.'),
  expiresInMs: z.number().describe('The attempt ends by itself after this time.'),
  reason: z.string().exactOptional().describe('When denied: a reason that says no more than the page may.'),
  session: z
    .object({ purpose: z.enum(['login', 'admin']), person: shownPerson, role: z.enum(ROLES) })
    .exactOptional()
    .describe('When a login or admin attempt was granted.'),
});
/** Tokens of an `api` client. */
const tokensSchema = z.object({
  accessToken: z.string(),
  accessExpiresInSeconds: count,
  refreshToken: z.string(),
  tokenType: z.literal('Bearer'),
});
/** An answer to an attempt. The tokens stand in the one answer in which an `api` client's attempt was granted. */
export const attemptAnswerSchema = z.object({ attempt: attemptViewSchema, tokens: tokensSchema.exactOptional() });

/** What the page says to a challenge: begin, this prompt or colour is on the screen, another action please. */
export const challengeSchema = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('start') }),
  z.strictObject({ do: z.literal('shown'), id: z.string().max(64) }),
  z.strictObject({ do: z.literal('skip'), id: z.string().max(64) }),
]);

const SESSION_PURPOSES = ['setup', 'login', 'admin'] as const;
export const sessionViewSchema = z.object({
  person: shownPerson,
  role: z.enum(ROLES),
  purpose: z.enum(SESSION_PURPOSES).describe('`setup`: only to finish a registration.'),
  amr: z.array(z.string()).readonly().describe('RFC 8176 names of the factors that passed.'),
  fresh: z.boolean().describe('Two factors passed in the last five minutes: sensitive changes are allowed.'),
  idleInMs: z.number().describe('Ends after this time without a touch or request.'),
  endsInMs: z.number().describe('Ends after this time whatever happens.'),
  leaves: z.boolean().describe('Ends when nobody stands before the camera and nobody touches the screen for 20 s.'),
});
export const refreshRequestSchema = z.strictObject({ refreshToken: z.string().max(512).exactOptional() });
export const refreshedSchema = z.object({ session: sessionViewSchema, tokens: tokensSchema.exactOptional() });

const CODE_WAYS = ['totp', 'phone', 'email', 'recovery'] as const;
export const registrationRulesSchema = z.object({
  open: z.boolean().describe('Anybody may register here; otherwise an invitation code is needed.'),
  face: z.enum(['required', 'offered', 'off']).describe('Whether a registration is complete only with the face.'),
  consentTextVersion: z.string(),
  codes: z
    .array(z.enum(CODE_WAYS))
    .readonly()
    .describe('What can be set up here to get one-time codes, the preferred one first.'),
  password: z.object({ least: count, leastAlone: count, longest: count }),
  pin: z.object({ least: count, longest: count }),
});
export const registrationSchema = z.strictObject({
  name: text(80).exactOptional().describe('Name as it is shown; may be left out with an invitation that names it.'),
  userName: userNameText,
  password: passwordText,
  language: languageSchema,
  invitation: codeText.exactOptional(),
});
/** To take a registration up again: by its user name and password, or by the invitation. */
export const resumeSchema = z.union([
  z.strictObject({ userName: userNameText, password: passwordText }),
  z.strictObject({ invitation: codeText }),
]);
const SETUP_PARTS = ['password', 'face', 'otp', 'pin'] as const;
export const setupSchema = z.object({
  complete: z.boolean(),
  required: z.array(z.enum(SETUP_PARTS)).readonly(),
  done: z.array(z.enum(SETUP_PARTS)).readonly(),
});
/** What an invitation is for, before anything is typed. */
export const invitationViewSchema = z.object({
  kind: z.enum(['register', 'reset']),
  name: z.string().exactOptional(),
  userName: z.string().exactOptional(),
  role: z.enum(ROLES),
  expiresAt: timestamp,
});
export const registeredSchema = z.object({ session: sessionViewSchema, setup: setupSchema });

export type AttemptView = z.infer<typeof attemptViewSchema>;
export type AttemptAnswer = z.infer<typeof attemptAnswerSchema>;
export type AttemptMessage = (typeof MESSAGES)[number];
export type LivenessShown = z.infer<typeof livenessViewSchema>;
export type ChallengeStep = z.infer<typeof challengeSchema>;
export type FactorAnswer = z.infer<typeof factorAnswerSchema>;
export type IdentityClaim = z.infer<typeof identitySchema>;
export type OtpChoice = z.infer<typeof otpChoiceSchema>;
export type OtpView = z.infer<typeof otpViewSchema>;
export type SessionView = z.infer<typeof sessionViewSchema>;
export type SessionPurpose = (typeof SESSION_PURPOSES)[number];
export type Tokens = z.infer<typeof tokensSchema>;
export type RegistrationRules = z.infer<typeof registrationRulesSchema>;
export type RegistrationRequest = z.infer<typeof registrationSchema>;
export type ResumeRequest = z.infer<typeof resumeSchema>;
export type InvitationView = z.infer<typeof invitationViewSchema>;
export type SetupState = z.infer<typeof setupSchema>;
