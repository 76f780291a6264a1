import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { SystemClock } from '../../src/adapters/clock-system.js';
import { configSchema } from '../../src/config/schema.js';
import { OTP_CHANNEL_IDS } from '../../src/config/schema-login.js';
import { VestibuleError } from '../../src/domain/errors.js';
import { messengerFaults, messengersOf, readMessengerSecrets } from '../../src/kiosk-messengers.js';
import { ACCOUNT_SID, AUTH_TOKEN, SENDER, SERVICE_SID } from '../support/twilio-double.js';

const folder = mkdtempSync(join(tmpdir(), 'vestibule-messengers-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const parts = { clock: new SystemClock(), demo: false };
const twilio = { accountSid: ACCOUNT_SID, verifyServiceSid: SERVICE_SID, from: SENDER };
const smtp = { host: 'mail.example', from: 'kiosk@example.org', username: 'kiosk' };
const secrets = { twilioAuthToken: AUTH_TOKEN, smtpPassword: 'mail-secret' };
const configOf = (channels: readonly string[], more: object = {}) => configSchema.parse({ otp: { channels }, ...more });
const paths = (config: object, given: object = secrets) =>
  messengerFaults(config as ReturnType<typeof configOf>, given, false).map(({ path }) => path);

describe('the messengers of a configuration', () => {
  it('are none for codes that people have themselves', () => {
    expect(messengersOf(configOf(['totp', 'recovery']), {}, parts).size).toBe(0);
  });

  it('are one for each channel that sends, in the order of the configuration', () => {
    const channels = OTP_CHANNEL_IDS.filter((id) => id !== 'screen').toReversed();
    const messengers = messengersOf(configOf(channels, { twilio, smtp }), secrets, parts);
    expect([...messengers.keys()]).toEqual(channels.filter((id) => id !== 'totp' && id !== 'recovery'));
    for (const [id, { kind }] of messengers)
      expect(kind).toBe(id.startsWith('twilio-verify-') ? 'provider' : 'carrier');
  });

  it('are refused all at once where account data is missing, each with its key and what to do', () => {
    const config = configOf(['twilio-verify-sms', 'twilio-sms', 'email', 'screen']);
    let thrown: unknown;
    try {
      messengersOf(config, {}, parts);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(VestibuleError);
    const { code, message } = thrown as VestibuleError;
    expect(code).toBe('config_invalid');
    for (const key of [
      'twilio.accountSid',
      'twilio.authTokenFile',
      'twilio.verifyServiceSid',
      'twilio.from',
      'smtp.host',
      'smtp.from',
      'otp.channels',
      'VESTIBULE_TWILIO_AUTH_TOKEN',
    ])
      expect(message).toContain(key);
  });

  it('need only what their own channels need', () => {
    expect(paths(configOf(['twilio-sms'], { twilio: { accountSid: ACCOUNT_SID, from: SENDER } }))).toEqual([]);
    expect(paths(configOf(['twilio-verify-call'], { twilio: { accountSid: ACCOUNT_SID } }))).toEqual([
      'twilio.verifyServiceSid',
    ]);
    const relay = { host: '127.0.0.1', from: 'kiosk@example.org', allowPlain: true };
    expect(paths(configOf(['email'], { smtp: relay }), {})).toEqual([]);
  });

  it.each<[string, object, string]>([
    ['plain http to another machine', { twilio: { ...twilio, baseUrl: 'http://twilio.example' } }, 'twilio.baseUrl'],
    ['a sender that is no address', { smtp: { ...smtp, from: 'The kiosk' } }, 'smtp.from'],
    ['a password without a user', { smtp: { host: 'm', from: 'a@b' } }, 'smtp.username'],
    ['mail without TLS to another machine', { smtp: { ...smtp, allowPlain: true } }, 'smtp.allowPlain'],
    ['a CA file that is not there', { smtp: { ...smtp, caFile: join(folder, 'absent.pem') } }, 'smtp.caFile'],
  ])('are refused for %s', (_, more, path) => {
    expect(paths(configOf(['twilio-sms', 'email'], { twilio, smtp, ...more }))).toEqual([path]);
  });

  it('show codes on the screen with the demo camera only', () => {
    const config = configOf(['screen']);
    expect(() => messengersOf(config, {}, parts)).toThrow(/demo camera/);
    expect([...messengersOf(config, {}, { ...parts, demo: true }).keys()]).toEqual(['screen']);
  });
});

describe('the secrets of the messengers', () => {
  it('come from the environment, or from the file of the configuration', () => {
    const file = join(folder, 'token');
    writeFileSync(file, `${AUTH_TOKEN}\n`, { mode: 0o600 });
    const config = configOf(['twilio-sms', 'email'], { twilio: { authTokenFile: file } });
    const warnings: string[] = [];
    expect(readMessengerSecrets(config, { VESTIBULE_SMTP_PASSWORD: 'x' }, (text) => warnings.push(text))).toEqual({
      twilioAuthToken: AUTH_TOKEN,
      smtpPassword: 'x',
    });
    expect(warnings).toEqual([]);
  });

  it('are not looked for where no channel needs them', () => {
    const config = configOf(['totp'], { twilio: { authTokenFile: join(folder, 'absent') } });
    expect(readMessengerSecrets(config, { VESTIBULE_SMTP_PASSWORD: 'x' }, () => {})).toEqual({});
    const used = configOf(['twilio-sms'], { twilio: { authTokenFile: join(folder, 'absent') } });
    expect(() => readMessengerSecrets(used, {}, () => {})).toThrow(/does not exist/);
  });
});
