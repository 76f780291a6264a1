import { z } from 'zod';
import { livenessSchema } from './schema-liveness.js';
import {
  lanSchema,
  otpSchema,
  passwordsSchema,
  policySchema,
  registrationSchema,
  regulationSchema,
  sessionSchema,
  smtpSchema,
  twilioSchema,
} from './schema-login.js';

/** Marks a key whose change needs a restart (all but the ones named `live`). */
const live = { restart: false } as const;

const slug = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,25}$/, 'use 1 to 26 of a-z, 0-9 and -, beginning with a letter or digit');
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'use HH:MM, 24 hours');
const zone = z.string().refine((name) => isZone(name), 'use an IANA time zone such as Europe/Berlin');

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

const site = z.strictObject({
  id: slug.default('home').describe('Site id; part of every MQTT topic.'),
  name: z.string().min(1).max(60).default('Vestibule').describe('Site name, shown on the idle page.'),
});
const kiosk = z.strictObject({
  id: slug.default('kiosk-1').describe('Kiosk id; with the site id unique in the building.'),
  name: z.string().min(1).max(60).default('Entrance').describe('Kiosk name, shown on the page and in Home Assistant.'),
  area: z.string().min(1).max(60).optional().describe('Suggested area in Home Assistant.'),
});
const camera = z.strictObject({
  source: z
    .union([z.int().min(0), z.string().min(1)])
    .default('auto')
    .describe(
      'auto (first V4L2 camera, else Pi camera, else demo), demo, browser, rpicam, raspistill, none, a device number, /dev/… path, rtsp:// or http(s):// URL, file:PATH, or gst:PIPELINE.',
    ),
  width: z.int().min(160).max(4096).default(640).describe('Wanted picture width, pixels.'),
  height: z.int().min(120).max(4096).default(480).describe('Wanted picture height, pixels.'),
  fps: z.number().min(1).max(60).default(15).describe('Wanted frames a second.'),
  rotate: z
    .union([z.literal(0), z.literal(90), z.literal(180), z.literal(270)])
    .default(0)
    .describe('Clockwise rotation in degrees.'),
  mirror: z.boolean().default(false).describe('Mirror the picture left to right.'),
  filePace: z
    .enum(['own', 'fast'])
    .default('own')
    .describe('A video file plays at its own pace or as fast as possible.'),
  fileLoop: z.boolean().default(true).describe('A video file starts again at its end.'),
  stallMs: z
    .int()
    .min(500)
    .max(30000)
    .default(3000)
    .describe('A camera without a frame for this long is opened again.'),
});
const vision = z.strictObject({
  pack: z
    .enum(['auto', 'core', 'open'])
    .default('auto')
    .describe('Model pack; auto takes the best one present at first enrolment and keeps it.'),
  detectSize: z
    .int()
    .min(160)
    .max(1280)
    .default(320)
    .describe('Longest side of the picture that faces are searched in, pixels.'),
  maxInferencesPerSecond: z.number().min(1).max(60).default(15).describe('Upper bound of analysed frames a second.'),
  motionGate: z.boolean().default(true).describe('Analyse an empty, still scene only once a second.'),
  previewFps: z.number().min(1).max(30).default(15).describe('Frames a second of the live view.'),
  previewQuality: z.int().min(30).max(95).default(75).describe('JPEG quality of the live view.'),
});
const recognition = z.strictObject({
  verificationFmr: z
    .number()
    .min(1e-6)
    .max(1e-2)
    .default(1e-4)
    .describe('Target false match rate of a 1:1 comparison.'),
  identificationFpir: z
    .number()
    .min(1e-5)
    .max(1e-1)
    .default(1e-3)
    .describe('Target rate at which a stranger is taken for anybody (divided by the number of persons enrolled).'),
  margin: z
    .number()
    .min(0)
    .max(0.5)
    .default(0.05)
    .describe('Cosine distance kept between the best and the second best person.'),
  consensusFrames: z.int().min(3).max(30).default(3).describe('Frames of one track that must agree.'),
  refuseAfterMs: z
    .int()
    .min(1000)
    .max(30000)
    .default(4000)
    .describe('A face that nobody matches for this long is refused.'),
  idleAfterMs: z.int().min(500).max(30000).default(4000).describe('The result stays on the page for this long.'),
});
const attendance = z.strictObject({
  direction: z
    .enum(['ask', 'alternate', 'first-in-last-out', 'fixed-in', 'fixed-out', 'schedule'])
    .default('alternate')
    .describe('How in and out are told apart.'),
  schedule: z
    .array(z.strictObject({ from: timeOfDay, to: timeOfDay, direction: z.enum(['check_in', 'check_out']) }))
    .default([])
    .describe('For direction: schedule. Local times; a range may cross midnight.'),
  duplicateIntervalSeconds: z
    .int()
    .min(0)
    .max(86400)
    .default(60)
    .meta({ ...live })
    .describe('A second punch of a person within this time is not recorded.'),
  longestPeriodHours: z
    .number()
    .min(1)
    .max(48)
    .default(16)
    .describe('A check-in older than this is a forgotten check-out, not a running period.'),
  retentionDays: z
    .int()
    .min(1)
    .max(3650)
    .default(1095)
    .describe('Day files are kept for this long once they were acknowledged.'),
  askSeconds: z.int().min(3).max(60).default(10).describe('How long the in/out buttons wait.'),
});
const mqtt = z.strictObject({
  enabled: z.boolean().default(true).describe('Publish to an MQTT broker.'),
  url: z
    .string()
    .regex(/^(mqtts?|wss?):\/\//, 'use mqtt://, mqtts://, ws:// or wss://')
    .optional()
    .describe('Broker address. Without it the embedded broker on the loopback address is used.'),
  allowPlain: z
    .boolean()
    .default(false)
    .describe('Allow an unencrypted connection to another machine. Shown as a warning.'),
  protocol: z.enum(['auto', '4', '5']).default('auto').describe('MQTT protocol; auto tries 5 first.'),
  username: z
    .string()
    .max(128)
    .optional()
    .describe('User name at the broker; default vestibule_<site>_<kiosk> where a password is set.'),
  passwordFile: z
    .string()
    .optional()
    .describe('File that holds the password (or VESTIBULE_MQTT_PASSWORD, or systemd credential mqtt-password).'),
  caFile: z.string().optional().describe('CA certificate of the broker, PEM.'),
  certFile: z.string().optional().describe('Client certificate, PEM.'),
  keyFile: z.string().optional().describe('Key of the client certificate, PEM.'),
  serverName: z.string().optional().describe('Name in the broker certificate when it differs from the address.'),
  root: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,32}$/)
    .default('vestibule')
    .describe('First level of every topic.'),
  keepaliveSeconds: z.int().min(5).max(300).default(30).describe('MQTT keepalive.'),
  externalId: z.boolean().default(false).describe('Publish the employer number of a person beside the opaque id.'),
  scores: z.boolean().default(false).describe('Publish score and threshold of passed factors.'),
  ackFrom: z
    .enum(['broker', 'consumer'])
    .default('broker')
    .describe('What moves the outbox cursor: PUBACK, or the consumer topic base/ack.'),
  discovery: z.boolean().default(true).describe('Home Assistant discovery.'),
  discoveryPrefix: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,32}$/)
    .default('homeassistant')
    .describe('Home Assistant discovery prefix.'),
  birthTopic: z
    .string()
    .default('homeassistant/status')
    .describe('Topic on which Home Assistant says that it started.'),
  embeddedPort: z.int().min(0).max(65535).default(1883).describe('Port of the embedded broker on 127.0.0.1.'),
  outboxLimit: z.int().min(1000).max(1000000).default(100000).describe('Unsent events at which outbox_high is raised.'),
});
const http = z.strictObject({
  host: z.string().default('127.0.0.1').describe('Address the page is served on.'),
  port: z.int().min(0).max(65535).default(8080).describe('Port of the page.'),
  origins: z
    .array(z.string())
    .default([])
    .describe('Further exact origins (scheme://host:port) that may use the page.'),
});
const page = z.strictObject({
  language: z.enum(['en', 'de', 'fr']).default('en').describe('First language of the page.'),
  theme: z.enum(['auto', 'light', 'dark']).default('auto').describe('Light or dark page.'),
  sound: z.boolean().default(false).describe('Short sounds beside text and colour.'),
});
const enrolment = z.strictObject({
  photos: z.int().min(1).max(6).default(3).describe('Accepted pictures of a guided enrolment.'),
  minEyeDistancePx: z
    .number()
    .min(15)
    .max(400)
    .default(60)
    .describe('Smallest distance between the eyes at an enrolment in front of the camera, pixels.'),
  importMinEyeDistancePx: z
    .number()
    .min(15)
    .max(400)
    .default(30)
    .describe('The same for photographs that an administrator imports.'),
  atPage: z
    .enum(['demo', 'administrator'])
    .default('demo')
    .describe('Who may enrol at the page: anybody while the demo camera runs, or only an administrator.'),
});
const log = z.strictObject({
  level: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .meta({ ...live })
    .describe('Least level that is logged.'),
});

/** The whole configuration: one schema gives type, default and documentation. Every key has a default. */
export const configSchema = z.strictObject({
  site: site.prefault({}),
  kiosk: kiosk.prefault({}),
  zone: zone.default(Intl.DateTimeFormat().resolvedOptions().timeZone).describe('IANA time zone of the local day.'),
  stateDirectory: z.string().min(1).default('./state').describe('Directory of everything the kiosk keeps.'),
  camera: camera.prefault({}),
  vision: vision.prefault({}),
  recognition: recognition.prefault({}),
  attendance: attendance.prefault({}),
  mqtt: mqtt.prefault({}),
  http: http.prefault({}),
  lan: lanSchema.prefault({}),
  page: page.prefault({}),
  enrolment: enrolment.prefault({}),
  policy: policySchema.prefault({}),
  passwords: passwordsSchema.prefault({}),
  otp: otpSchema.prefault({}),
  twilio: twilioSchema.prefault({}),
  smtp: smtpSchema.prefault({}),
  registration: registrationSchema.prefault({}),
  session: sessionSchema.prefault({}),
  regulation: regulationSchema.prefault({}),
  liveness: livenessSchema.prefault({}),
  log: log.prefault({}),
});

export type Config = z.infer<typeof configSchema>;
