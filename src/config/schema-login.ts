import { z } from 'zod';
import { FACTOR_KINDS } from '../domain/factor.js';
import { WEEKDAYS } from '../domain/policy.js';
import { ROLES } from '../domain/role.js';

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'use HH:MM, 24 hours');
const kinds = FACTOR_KINDS.join('|');
/** `password`, or `face+liveness` for factors that are gathered and answered together. */
const step = z
  .string()
  .regex(
    new RegExp(`^(?:${kinds})(?:\\+(?:${kinds}))*$`),
    `use ${FACTOR_KINDS.join(', ')}, joined by + where several are answered together`,
  );
const alternative = z.array(step).min(1).max(6);
const alternatives = z.array(alternative).max(8);

const overrideSchema = z.strictObject({
  people: z.array(z.string().min(1)).optional(),
  roles: z.array(z.enum(ROLES)).optional(),
  days: z.array(z.enum(WEEKDAYS)).optional(),
  from: timeOfDay.optional(),
  to: timeOfDay.optional(),
  attend: alternatives.optional(),
  login: alternatives.optional(),
  door: alternatives.optional(),
  admin: alternatives.optional(),
});

/** Which factors each purpose needs (docs/policy.md); checked as a whole by domain/policy. */
export const policySchema = z.strictObject({
  attend: alternatives
    .default([['face'], ['badge', 'pin'], ['pin']])
    .describe(
      'Ways to record a punch; each a list of steps (docs/policy.md). A face alone asks for no liveness (docs/liveness.md).',
    ),
  login: alternatives
    .default([
      ['password', 'otp'],
      ['password', 'face'],
      ['badge', 'pin', 'otp'],
    ])
    .describe("Ways to open the person's own page."),
  door: alternatives
    .default([
      ['badge', 'pin'],
      ['password', 'otp'],
    ])
    .describe('Ways to have the door opened.'),
  admin: alternatives
    .default([['password', 'otp']])
    .describe('Ways to open the administration page for operators, managers and administrators.'),
  overrides: z
    .array(overrideSchema)
    .max(64)
    .default([])
    .describe('Other ways for some people, roles, days or hours; the first that fits decides.'),
});

export const OTP_CHANNEL_IDS = [
  'totp',
  'recovery',
  'twilio-verify-sms',
  'twilio-verify-call',
  'twilio-verify-whatsapp',
  'twilio-verify-email',
  'twilio-sms',
  'email',
  'screen',
] as const;

export const otpSchema = z.strictObject({
  channels: z
    .array(z.enum(OTP_CHANNEL_IDS))
    .min(1)
    .default(['totp', 'recovery'])
    .describe('Ways to get a one-time code, the preferred one first (docs/codes.md). screen is for the demo only.'),
  digits: z.int().min(6).max(8).default(6).describe('Digits of a code that the kiosk makes.'),
  lifeSeconds: z.int().min(60).max(600).default(300).describe('A code dies after this time.'),
  dailyMessages: z.int().min(1).max(10000).default(200).describe('SMS, calls and WhatsApp messages a day at most.'),
  countries: z
    .array(z.string().regex(/^\+[1-9]\d{0,3}$/, 'use + and the country code in quotes, such as "+49"'))
    .default([])
    .describe('Country codes that messages may go to; none is allowed until one is named.'),
});

export const twilioSchema = z.strictObject({
  accountSid: z
    .string()
    .regex(/^AC[0-9a-f]{32}$/, 'use the account SID: AC and 32 hexadecimal digits')
    .optional()
    .describe('Account SID. The auth token is a secret: VESTIBULE_TWILIO_AUTH_TOKEN or credential twilio-auth-token.'),
  authTokenFile: z.string().optional().describe('File that holds the auth token.'),
  verifyServiceSid: z
    .string()
    .regex(/^VA[0-9a-f]{32}$/, 'use the SID of the Verify service: VA and 32 hexadecimal digits')
    .optional()
    .describe('Verify service for the channels twilio-verify-….'),
  from: z
    .string()
    .regex(/^(\+[1-9]\d{6,14}|MG[0-9a-f]{32})$/, 'use +15551234567 or a messaging service SID')
    .optional()
    .describe('Sender of twilio-sms: a number or a messaging service.'),
  baseUrl: z
    .url()
    .optional()
    .describe('Other address of the Twilio API (region, proxy). Plain http only to this machine.'),
});

export const smtpSchema = z.strictObject({
  host: z.string().min(1).optional().describe('Mail server of the channel email.'),
  port: z.int().min(1).max(65535).default(587).describe('Its port; 465 speaks TLS from the start.'),
  username: z.string().max(128).optional().describe('User name at the mail server.'),
  passwordFile: z
    .string()
    .optional()
    .describe('File that holds the password (or VESTIBULE_SMTP_PASSWORD, or systemd credential smtp-password).'),
  from: z.string().max(254).optional().describe('Sender address.'),
  caFile: z.string().optional().describe('CA certificate of the mail server, PEM.'),
  allowPlain: z.boolean().default(false).describe('Allow mail without TLS; only for a server on this machine.'),
});

export const passwordsSchema = z
  .strictObject({
    leastLength: z.int().min(8).max(64).default(8).describe('Least length where a second factor is asked for too.'),
    leastLengthAlone: z.int().min(15).max(64).default(15).describe('Least length where the password may be alone.'),
    history: z.int().min(0).max(24).default(8).describe('Former passwords that may not be used again.'),
    memoryKib: z.int().min(19456).max(1048576).default(19456).describe('Memory of argon2id, KiB.'),
    passes: z.int().min(1).max(10).default(2).describe('Passes of argon2id; with 1 at least 47104 KiB are needed.'),
    pinLength: z.int().min(4).max(12).default(6).describe('Least digits of a PIN.'),
  })
  .refine(({ memoryKib, passes }) => passes > 1 || memoryKib >= 47104, {
    path: ['memoryKib'],
    message: 'with 1 pass at least 47104 are needed',
  });

export const registrationSchema = z.strictObject({
  open: z.boolean().default(false).describe('Anybody may register at the kiosk; otherwise by invitation only.'),
  face: z
    .enum(['required', 'offered', 'off'])
    .default('offered')
    .describe(
      'Whether the pages ask for the face at a registration, offer it, or leave it out; administrators can always enrol one.',
    ),
  remote: z
    .boolean()
    .default(false)
    .describe('Registration without an invitation from other browsers too (lan.enabled).'),
  invitationHours: z.int().min(1).max(720).default(72).describe('An invitation or reset code is valid for so long.'),
});

export const sessionSchema = z.strictObject({
  accessMinutes: z.int().min(1).max(10).default(5).describe('Life of an access token.'),
  idleMinutes: z
    .int()
    .min(1)
    .max(60)
    .default(3)
    .describe('A session that nobody touches ends; reading alone does not keep it.'),
  absoluteMinutes: z.int().min(1).max(720).default(60).describe('A session ends whatever happens.'),
  leftSeconds: z
    .int()
    .min(5)
    .max(300)
    .default(20)
    .describe('At the kiosk: ends without face or touch for so long (while the camera works).'),
});

export const regulationSchema = z.strictObject({
  freeTries: z.int().min(1).max(5).default(5).describe('Wrong answers before a delay begins.'),
  firstDelaySeconds: z
    .int()
    .min(30)
    .max(600)
    .default(30)
    .describe('First delay; doubled by each further wrong answer.'),
  longestDelaySeconds: z.int().min(30).max(86400).default(900).describe('Longest delay.'),
  lockAfter: z
    .int()
    .min(5)
    .max(100)
    .default(100)
    .describe('Wrong answers in a row before an administrator must unlock; one-time codes: 25 at most.'),
  lockAfterFace: z.int().min(5).max(50).default(50).describe('The same for the face.'),
});

export const lanSchema = z.strictObject({
  enabled: z
    .boolean()
    .default(false)
    .describe('Serve login, registration and administration to other browsers on the network, by TLS.'),
  host: z.string().default('0.0.0.0').describe('Address of this listener.'),
  port: z.int().min(0).max(65535).default(8443).describe('Port of this listener.'),
  names: z
    .array(z.string().regex(/^[A-Za-z0-9.:-]{1,253}$/, 'use a host name or address, without a port'))
    .default([])
    .describe('Host names and addresses under which it is reached; also go into the self-made certificate.'),
  certFile: z.string().optional().describe('Certificate, PEM. Without it one is made and kept in the state directory.'),
  keyFile: z.string().optional().describe('Its key, PEM.'),
});
