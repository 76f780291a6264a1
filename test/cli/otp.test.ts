import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { codesCheck } from '../../src/cli/doctor/codes-check.js';
import type { DoctorContext } from '../../src/cli/doctor/finding.js';
import { examine } from '../../src/cli/doctor.js';
import { EXIT_CODES } from '../../src/cli/exit-codes.js';
import { otpCommand } from '../../src/cli/otp.js';
import { runProgram } from '../../src/cli/program.js';
import { loadConfig } from '../../src/config/load.js';
import { makeAuthority } from '../support/certificates.js';
import { MailServer } from '../support/mail-server.js';
import { ACCOUNT_SID, AUTH_TOKEN, SENDER, SERVICE_SID, TwilioDouble } from '../support/twilio-double.js';

const TO = '+15005550009';
const folder = mkdtempSync(join(tmpdir(), 'vestibule-otp-'));
const file = join(folder, 'vestibule.yaml');
let double: TwilioDouble;

beforeEach(async () => {
  double = new TwilioDouble();
  await double.start();
  writeFileSync(join(folder, 'token'), AUTH_TOKEN, { mode: 0o600 });
  configure();
});
afterEach(async () => {
  process.exitCode = undefined;
  await double.stop();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Settings {
  readonly channels?: readonly string[];
  readonly countries?: readonly string[];
  readonly more?: readonly string[];
}

function configure({
  channels = ['totp', 'twilio-verify-sms', 'twilio-sms'],
  countries = ['+1'],
  more = [],
}: Settings = {}): void {
  writeFileSync(
    file,
    [
      'site: { id: hq, name: Head office }',
      'kiosk: { id: lobby, name: Lobby }',
      'page: { language: de }',
      `otp: { channels: [${channels.join(', ')}], countries: [${countries.map((one) => `"${one}"`).join(', ')}] }`,
      'twilio:',
      `  accountSid: ${ACCOUNT_SID}`,
      `  authTokenFile: ${join(folder, 'token')}`,
      `  verifyServiceSid: ${SERVICE_SID}`,
      `  from: "${SENDER}"`,
      `  baseUrl: ${double.url}`,
      ...more,
      '',
    ].join('\n'),
  );
}

async function run(...args: string[]) {
  let out = '';
  let err = '';
  const sink = { write: (text: string) => (out += text) };
  const commands = [{ name: 'otp', description: 'codes', load: async () => otpCommand(sink) }];
  const sinks = { out: sink, err: { write: (text: string) => (err += text) } };
  const code = await runProgram(['otp', 'test', ...args, '--config', file], sinks, commands);
  return { code, out, err };
}

describe('vestibule otp test', () => {
  it('lets the provider send a code and check it', async () => {
    const sent = await run('--to', '+1 (500) 555-0009');
    expect(sent).toMatchObject({ code: EXIT_CODES.ok, err: '' });
    expect(sent.out).toContain('twilio-verify-sms');
    expect(double.requests[0]?.form).toEqual({ To: TO, Channel: 'sms', Locale: 'de' });
    const code = double.codeOf(TO) ?? '';
    expect(sent.out).not.toContain(code);
    const wrong = await run('--to', TO, '--channel', 'twilio-verify-sms', '--check', '999999');
    expect(wrong).toMatchObject({ code: EXIT_CODES.failed });
    expect(wrong.err).toMatch(/not the code/);
    const right = await run('--to', TO, '--channel', 'twilio-verify-sms', '--check', code);
    expect(right).toMatchObject({ code: EXIT_CODES.ok, out: expect.stringContaining('approved') });
    const again = await run('--to', TO, '--channel', 'twilio-verify-sms', '--check', code);
    expect(again.err).toMatch(/was used/);
  });

  it('sends a code of its own and says which one', async () => {
    const { code, out } = await run('--to', TO, '--channel', 'twilio-sms', '--language', 'fr', '--json');
    expect(code).toBe(EXIT_CODES.ok);
    const answer = JSON.parse(out);
    expect(answer).toEqual({ channel: 'twilio-sms', outcome: 'sent', code: expect.stringMatching(/^\d{6}$/) });
    expect(double.messages).toEqual([{ to: TO, from: SENDER, body: expect.stringContaining(answer.code) }]);
    expect(double.messages[0]?.body).toContain('Head office, Lobby');
    expect(double.messages[0]?.body).toMatch(/votre code/);
  });

  it('sends a mail to an address', async () => {
    const authority = makeAuthority('otp');
    const server = new MailServer({ certificate: authority.issue('localhost', 'DNS:localhost') });
    await server.start();
    writeFileSync(join(folder, 'ca.pem'), authority.ca);
    const ca = join(folder, 'ca.pem');
    configure({
      channels: ['email'],
      more: [`smtp: { host: localhost, port: ${server.port}, from: kiosk@example.org, caFile: ${ca} }`],
    });
    const { code, out } = await run('--to', 'ada@example.org', '--json');
    await server.stop();
    authority.remove();
    expect(code).toBe(EXIT_CODES.ok);
    expect(server.texts('ada@example.org')[0]).toContain(JSON.parse(out).code);
  });

  it.each<[string, string[], RegExp]>([
    ['a number without country code', ['--to', '0151 2345'], /country code/],
    ['a number outside otp.countries', ['--to', '+4915112345678'], /otp\.countries/],
    ['an address where only numbers are served', ['--to', 'ada@example.org'], /--channel: twilio-verify-email, email/],
    ['a number for a mail channel', ['--to', TO, '--channel', 'email'], /mail address/],
    ['a check of our own code', ['--to', TO, '--channel', 'twilio-sms', '--check', '123456'], /twilio-verify/],
  ])('refuses %s and sends nothing', async (_, args, words) => {
    const { code, err } = await run(...args);
    expect(code).toBe(EXIT_CODES.failed);
    expect(err).toMatch(words);
    expect(err).toContain('  → ');
    expect(double.requests).toEqual([]);
  });

  it('says what is missing for a channel', async () => {
    const { code, err } = await run('--to', 'ada@example.org', '--channel', 'email');
    expect(code).toBe(EXIT_CODES.configuration);
    expect(err).toMatch(/smtp\.host/);
  });

  it('says why nothing was sent, without number, code or account', async () => {
    writeFileSync(join(folder, 'token'), 'another-token', { mode: 0o600 });
    const refused = await run('--to', TO, '--channel', 'twilio-sms');
    expect(refused.code).toBe(EXIT_CODES.failed);
    expect(refused.err).toMatch(/twilio-sms: the account is refused.*\(20003\)/);
    double.broken = 'too_many';
    const busy = await run('--to', TO, '--verbose');
    expect(busy.err).toMatch(/at the earliest in 7 s/);
    await double.stop();
    const away = await run('--to', TO, '--channel', 'twilio-sms', '--verbose');
    expect(away.err).toMatch(/Check the network.*ECONNREFUSED/);
    for (const { out, err } of [refused, busy, away])
      for (const secret of [TO, ACCOUNT_SID, AUTH_TOKEN, 'another-token', 'Basic'])
        expect(`${out}${err}`).not.toContain(secret);
  });
});

describe('vestibule doctor', () => {
  const context = (): DoctorContext => ({
    config: { ...loadConfig({ file, env: {} }), stateDirectory: folder },
    configFile: file,
    env: {},
    daemonPid: undefined,
  });

  it('asks the accounts of all channels without a message', async () => {
    configure({ channels: ['totp', 'twilio-verify-sms', 'twilio-verify-call', 'twilio-sms'] });
    expect(await examine(codesCheck, context())).toEqual([
      { level: 'ok', text: 'totp: nothing is sent, nobody is asked' },
      { level: 'ok', text: 'twilio-verify-sms, twilio-verify-call: the account is accepted' },
      { level: 'ok', text: 'twilio-sms: the account is accepted' },
    ]);
    expect(double.requests.map(({ method }) => method)).toEqual(['GET', 'GET']);
  });

  it('asks nobody where nothing is sent', async () => {
    configure({ channels: ['totp', 'recovery'] });
    expect(await examine(codesCheck, context())).toEqual([
      { level: 'ok', text: 'totp, recovery: nothing is sent, nobody is asked' },
    ]);
    expect(double.requests).toEqual([]);
  });

  it('says what is missing, what is refused, and that no country is allowed', async () => {
    configure({ channels: ['email'] });
    expect(await examine(codesCheck, context())).toEqual([
      expect.objectContaining({ level: 'fail', text: expect.stringMatching(/^smtp\.host is missing/) }),
      expect.objectContaining({ level: 'fail', text: expect.stringMatching(/^smtp\.from is missing/) }),
    ]);
    configure({ channels: ['twilio-sms'], countries: [] });
    writeFileSync(join(folder, 'token'), 'another-token', { mode: 0o600 });
    expect(await examine(codesCheck, context())).toEqual([
      expect.objectContaining({ level: 'warn', text: expect.stringMatching(/otp\.countries/) }),
      expect.objectContaining({ level: 'fail', text: expect.stringMatching(/twilio-sms: the account is refused/) }),
    ]);
  });

  it('knows that codes on the screen are for the demo camera', async () => {
    configure({ channels: ['screen'], more: ['camera: { source: demo }'] });
    expect(await examine(codesCheck, context())).toEqual([expect.objectContaining({ level: 'warn' })]);
    configure({ channels: ['screen'], more: ['camera: { source: none }'] });
    expect(await examine(codesCheck, context())).toEqual([
      expect.objectContaining({ level: 'fail', text: expect.stringMatching(/demo camera/) }),
    ]);
  });
});
