import { readFileSync } from 'node:fs';
import { isMailAddress } from './adapters/code-destination.js';
import { isLoopbackHost } from './adapters/loopback.js';
import { EmailMessenger } from './adapters/messenger-email.js';
import { ScreenMessenger } from './adapters/messenger-screen.js';
import { TwilioSmsMessenger } from './adapters/messenger-twilio-sms.js';
import { TwilioVerifyProvider, VERIFY_CHANNELS } from './adapters/messenger-twilio-verify.js';
import { baseUrlFault, TwilioClient } from './adapters/twilio-client.js';
import type { ChannelId } from './auth/factors/otp-channels.js';
import { configError } from './config/fault-list.js';
import type { Config } from './config/schema.js';
import { readSecret } from './config/secrets.js';
import type { Clock } from './ports/clock.js';

/** What the messengers need and no file of the configuration may hold. */
export interface MessengerSecrets {
  readonly twilioAuthToken?: string | undefined;
  readonly smtpPassword?: string | undefined;
}

export interface MessengerParts {
  readonly clock: Pick<Clock, 'now' | 'after'>;
  /** The demo camera runs: a code may stand on the screen. */
  readonly demo: boolean;
}

/** A messenger, or the screen, which has nothing to try out. */
export type Messenger = TwilioVerifyProvider | TwilioSmsMessenger | EmailMessenger | ScreenMessenger;

/** A key of the configuration with what is wrong about it. */
interface KeyFault {
  readonly path: string;
  readonly message: string;
}

type MessengerConfig = Pick<Config, 'otp' | 'twilio' | 'smtp'>;

/** Port of mail servers that speak TLS from the first byte. */
const IMPLICIT_TLS_PORT = 465;

/**
 * The secrets of the configured channels; those of others are not looked for.
 * Throws `secret_unreadable` where a place is named and gives nothing usable.
 */
export function readMessengerSecrets(
  config: MessengerConfig,
  env: Readonly<Record<string, string | undefined>>,
  onWarning: (warning: string) => void,
): MessengerSecrets {
  const { channels } = config.otp;
  return {
    ...(channels.some(isTwilio) && {
      twilioAuthToken: readSecret('twilio-auth-token', { env, file: config.twilio.authTokenFile, onWarning }),
    }),
    ...(channels.includes('email') && {
      smtpPassword: readSecret('smtp-password', { env, file: config.smtp.passwordFile, onWarning }),
    }),
  };
}

/** Everything that keeps a configured channel from working, without asking anybody. */
export function messengerFaults(
  config: MessengerConfig,
  secrets: MessengerSecrets,
  demo: boolean,
): readonly KeyFault[] {
  const { otp, twilio, smtp } = config;
  const faults: KeyFault[] = [];
  const need = (path: string, value: string | undefined, channel: string, words = 'is missing'): void => {
    if (value === undefined || value === '')
      faults.push({ path, message: `${words}; the channel ${channel} needs it` });
  };
  const byTwilio = otp.channels.find(isTwilio);
  if (byTwilio !== undefined) {
    need('twilio.accountSid', twilio.accountSid, byTwilio);
    need('twilio.authTokenFile', secrets.twilioAuthToken, byTwilio, secretWords('twilio-auth-token'));
    const wrong = twilio.baseUrl === undefined ? undefined : baseUrlFault(twilio.baseUrl);
    if (wrong !== undefined) faults.push({ path: 'twilio.baseUrl', message: wrong });
  }
  const byVerify = otp.channels.find((id) => verifyChannel(id) !== undefined);
  if (byVerify !== undefined) need('twilio.verifyServiceSid', twilio.verifyServiceSid, byVerify);
  if (otp.channels.includes('twilio-sms')) need('twilio.from', twilio.from, 'twilio-sms');
  if (otp.channels.includes('email')) faults.push(...smtpFaults(smtp, secrets.smtpPassword, need));
  if (otp.channels.includes('screen') && !demo)
    faults.push({
      path: 'otp.channels',
      message: 'screen proves nothing about a person and works with the demo camera only; remove it',
    });
  return faults;
}

/**
 * One messenger for each configured channel that sends something; `totp` and `recovery` need none.
 * Throws `config_invalid` with everything that is missing or wrong.
 */
export function messengersOf(
  config: MessengerConfig,
  secrets: MessengerSecrets,
  { clock, demo }: MessengerParts,
): Map<ChannelId, Messenger> {
  const faults = messengerFaults(config, secrets, demo);
  if (faults.length > 0) throw configError(faults.map((fault) => ({ ...fault, place: 'configuration' })));
  const { otp, twilio, smtp } = config;
  const { accountSid = '', verifyServiceSid = '', from = '', baseUrl } = twilio;
  const client = new TwilioClient({ accountSid, authToken: secrets.twilioAuthToken ?? '', baseUrl }, { clock });
  // Before anybody waits for a code.
  if (otp.channels.some(isTwilio)) void client.load();
  const messengers = new Map<ChannelId, Messenger>();
  for (const id of otp.channels) {
    const channel = verifyChannel(id);
    if (channel !== undefined) messengers.set(id, new TwilioVerifyProvider(client, verifyServiceSid, channel));
    else if (id === 'twilio-sms') messengers.set(id, new TwilioSmsMessenger(client, accountSid, from));
    else if (id === 'email') messengers.set(id, new EmailMessenger(smtpAccount(smtp, secrets.smtpPassword), { clock }));
    else if (id === 'screen') messengers.set(id, new ScreenMessenger());
  }
  return messengers;
}

function smtpAccount(smtp: Config['smtp'], password: string | undefined) {
  const { host = '', port, username, from = '', caFile, allowPlain } = smtp;
  const ca = caFile === undefined ? undefined : readFileSync(caFile, 'utf8');
  return { host, port, implicitTls: port === IMPLICIT_TLS_PORT, from, username, password, ca, allowPlain };
}

function smtpFaults(
  smtp: Config['smtp'],
  password: string | undefined,
  need: (path: string, value: string | undefined, channel: string, words?: string) => void,
): KeyFault[] {
  const { host, from, username, caFile, allowPlain } = smtp;
  const faults: KeyFault[] = [];
  need('smtp.host', host, 'email');
  need('smtp.from', from, 'email');
  if (username !== undefined) need('smtp.passwordFile', password, 'email', secretWords('smtp-password'));
  if (from !== undefined && !isMailAddress(from))
    faults.push({ path: 'smtp.from', message: 'use one plain address such as kiosk@example.org' });
  if (username === undefined && password !== undefined)
    faults.push({ path: 'smtp.username', message: 'is missing, but there is a password; name the user or remove it' });
  if (allowPlain && host !== undefined && !isLoopbackHost(host))
    faults.push({
      path: 'smtp.allowPlain',
      message: 'is for a mail server on this machine (127.0.0.1) only; remove it',
    });
  if (caFile !== undefined && !isReadable(caFile))
    faults.push({ path: 'smtp.caFile', message: `the file ${caFile} cannot be read` });
  return faults;
}

function secretWords(name: string): string {
  const variable = `VESTIBULE_${name.replace(/-/g, '_').toUpperCase()}`;
  return `no secret ${name} is there (name its file here, or set ${variable}, or give the systemd credential)`;
}

function isReadable(file: string): boolean {
  try {
    return readFileSync(file).length > 0;
  } catch {
    return false;
  }
}

function isTwilio(id: ChannelId): boolean {
  return id.startsWith('twilio-');
}

function verifyChannel(id: ChannelId): (typeof VERIFY_CHANNELS)[number] | undefined {
  return VERIFY_CHANNELS.find((channel) => id === `twilio-verify-${channel}`);
}
