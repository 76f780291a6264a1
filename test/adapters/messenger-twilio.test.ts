import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SystemClock } from '../../src/adapters/clock-system.js';
import { TwilioSmsMessenger } from '../../src/adapters/messenger-twilio-sms.js';
import { TwilioVerifyProvider, VERIFY_CHANNELS } from '../../src/adapters/messenger-twilio-verify.js';
import { baseUrlFault, TwilioClient, twilioAddress } from '../../src/adapters/twilio-client.js';
import { retryAfterMs, twilioFailure } from '../../src/adapters/twilio-faults.js';
import { carrierContract, expectNoSecret, MESSAGE, providerContract } from '../contracts/messenger.js';
import { FakeClock } from '../fakes/fake-clock.js';
import { eventually } from '../support/real-time.js';
import {
  ACCOUNT_SID,
  AUTH_TOKEN,
  SENDER,
  SERVICE_SID,
  type TwilioBreak,
  TwilioDouble,
} from '../support/twilio-double.js';

const TO = '+15005550009';
const OTHER = '+15005550010';
const CODE = '731946';
const BASIC = Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString('base64');
const SECRETS = [AUTH_TOKEN, BASIC, ACCOUNT_SID, SERVICE_SID, TO, TO.slice(1), CODE, MESSAGE.code, 'Basic', 'axios'];

const realClock = new SystemClock();
const account = (double: TwilioDouble, authToken = AUTH_TOKEN) => ({
  accountSid: ACCOUNT_SID,
  authToken,
  baseUrl: double.url,
});

function verify(double: TwilioDouble, clock: SystemClock | FakeClock = realClock, authToken = AUTH_TOKEN) {
  return new TwilioVerifyProvider(new TwilioClient(account(double, authToken), { clock }), SERVICE_SID, 'sms');
}

function sms(double: TwilioDouble, clock: SystemClock | FakeClock = realClock, from = SENDER) {
  return new TwilioSmsMessenger(new TwilioClient(account(double), { clock }), ACCOUNT_SID, from);
}

/** Everything that the code under test wrote to the process. */
const written: string[] = [];
const originals = [process.stdout, process.stderr].map((stream) => ({ stream, write: stream.write }));
for (const { stream, write } of originals) {
  stream.write = ((...args: Parameters<typeof write>) => {
    written.push(String(args[0]));
    return write.apply(stream, args);
  }) as typeof write;
}
afterAll(() => {
  for (const { stream, write } of originals) stream.write = write;
  expectNoSecret(written, [AUTH_TOKEN, BASIC, TO, CODE]);
});

async function world() {
  const clock = new FakeClock();
  const double = new TwilioDouble({ mono: () => clock.mono() });
  await double.start();
  return {
    double,
    clock,
    to: TO,
    goDown: () => double.stop(),
    comeBack: () => double.start(),
    close: () => double.stop(),
  };
}

providerContract('TwilioVerifyProvider over the double', async () => {
  const { double, clock, ...rest } = await world();
  return {
    ...rest,
    provider: verify(double),
    otherTo: OTHER,
    badTo: '+12',
    codeOf: (to) => double.codeOf(to),
    advance: (ms) => clock.advance(ms),
  };
});

carrierContract('TwilioSmsMessenger over the double', async () => {
  const { double, clock: _, ...rest } = await world();
  return {
    ...rest,
    messenger: sms(double),
    badTo: '+12',
    received: () => double.messages.filter(({ to }) => to === TO).map(({ body }) => body),
  };
});

describe('Twilio', () => {
  let double: TwilioDouble;
  beforeEach(async () => {
    double = new TwilioDouble();
    await double.start();
  });
  afterEach(() => double.stop());

  it('starts a verification with To, Channel and Locale, and checks with To and Code', async () => {
    for (const channel of VERIFY_CHANNELS) {
      const provider = new TwilioVerifyProvider(
        new TwilioClient(account(double), { clock: realClock }),
        SERVICE_SID,
        channel,
      );
      const to = channel === 'email' ? 'ada@example.org' : `+1500555000${VERIFY_CHANNELS.indexOf(channel)}`;
      expect(await provider.start(to, 'de')).toEqual({ kind: 'sent' });
      expect(double.requests.at(-1)).toEqual({
        method: 'POST',
        path: `/v2/Services/${SERVICE_SID}/Verifications`,
        form: { To: to, Channel: channel, Locale: 'de' },
      });
      expect(await provider.check(to, double.codeOf(to) ?? '')).toEqual({ kind: 'approved' });
      expect(Object.keys(double.requests.at(-1)?.form ?? {}).sort()).toEqual(['Code', 'To']);
    }
  });

  it('sends a message that dies with its code, from a number or a messaging service', async () => {
    expect(await sms(double).send(TO, MESSAGE)).toEqual({ kind: 'sent' });
    expect(double.requests.at(-1)?.form).toMatchObject({ To: TO, From: SENDER, ValidityPeriod: '300' });
    const service = `MG${'ab'.repeat(16)}`;
    expect(await sms(double, realClock, service).send(TO, MESSAGE)).toMatchObject({ fault: 'not_configured' });
    expect(double.requests.at(-1)?.form).toMatchObject({ MessagingServiceSid: service });
    expect(double.requests.at(-1)?.form).not.toHaveProperty('From');
  });

  it('asks nobody about a destination or a code that cannot be one', async () => {
    for (const to of ['', '12', '015005550009', '+1 500 555 0009', 'whatsapp:+15005550009', 'ada@example.org'])
      expect(await verify(double).start(to, 'en')).toMatchObject({ fault: 'destination_refused' });
    expect(await sms(double).send('+0123456789', MESSAGE)).toMatchObject({ fault: 'destination_refused' });
    for (const code of ['', '12a456', '123', '1234567 ', '12345678901'])
      expect(await verify(double).check(TO, code)).toEqual({ kind: 'wrong' });
    expect(double.requests).toEqual([]);
  });

  it.each<[status: number, code: number, fault: string]>([
    [400, 60200, 'destination_refused'],
    [429, 60203, 'rate_limited'],
    [400, 60205, 'channel_unsuited'],
    [429, 60207, 'rate_limited'],
    [429, 60212, 'rate_limited'],
    [400, 60223, 'not_configured'],
    [403, 60410, 'destination_refused'],
    [403, 60605, 'destination_refused'],
    [404, 20404, 'not_configured'],
    [429, 20429, 'rate_limited'],
    [400, 21211, 'destination_refused'],
    [400, 21608, 'destination_refused'],
    [400, 21614, 'channel_unsuited'],
    [400, 99_999, 'refused'],
    [401, 20003, 'not_configured'],
    [403, 10_001, 'not_configured'],
    [503, 10_002, 'unreachable'],
  ])('maps HTTP %i with code %i to %s', async (status, code, fault) => {
    double.refusals.set(TO, [status, code]);
    for (const outcome of [await verify(double).start(TO, 'en'), await sms(double).send(TO, MESSAGE)]) {
      expect(outcome).toEqual({ kind: 'fault', fault, detail: String(code) });
      expectNoSecret(outcome, SECRETS);
    }
  });

  it('says "channel_unsuited" for a landline', async () => {
    double.landlines.add(TO);
    expect(await verify(double).start(TO, 'en')).toMatchObject({ fault: 'channel_unsuited', detail: '60205' });
    expect(await sms(double).send(TO, MESSAGE)).toMatchObject({ fault: 'channel_unsuited', detail: '21614' });
  });

  it('takes a canceled verification for over', async () => {
    await verify(double).start(TO, 'en');
    const code = double.codeOf(TO) ?? '';
    double.rules.cancel(TO);
    expect(await verify(double).check(TO, code)).toEqual({ kind: 'over' });
  });

  it('probes account and service without a message', async () => {
    expect(await verify(double).probe()).toEqual({ kind: 'sent' });
    expect(await sms(double).probe()).toEqual({ kind: 'sent' });
    expect(double.requests.map(({ method }) => method)).toEqual(['GET', 'GET']);
    expect(await verify(double, realClock, 'wrong-token').probe()).toMatchObject({ fault: 'not_configured' });
  });

  it('tries a start once more when the connection was refused, a check never', async () => {
    const { url } = double;
    await double.stop();
    const client = new TwilioClient({ ...account(double), baseUrl: url }, { clock: realClock });
    const provider = new TwilioVerifyProvider(client, SERVICE_SID, 'sms');
    expect(await provider.check(TO, CODE)).toEqual({ kind: 'fault', fault: 'unreachable', detail: 'ECONNREFUSED' });
    const pauses: number[] = [];
    const comesBackInThePause = {
      now: () => 0,
      after(ms: number, callback: () => void) {
        if (ms < 1000) pauses.push(ms);
        if (ms < 1000) void double.start().then(callback);
        return () => {};
      },
    };
    const waiting = new TwilioClient(account(double), { clock: comesBackInThePause });
    expect(await new TwilioVerifyProvider(waiting, SERVICE_SID, 'sms').check(TO, CODE)).toMatchObject({
      detail: 'ECONNREFUSED',
    });
    expect(pauses).toEqual([]);
    expect(await new TwilioVerifyProvider(waiting, SERVICE_SID, 'sms').start(TO, 'en')).toEqual({ kind: 'sent' });
    expect(pauses).toEqual([300]);
    expect(double.requests.filter(({ path }) => path.endsWith('Verifications'))).toHaveLength(1);
  });

  describe('A9 outages', () => {
    const breaks: readonly TwilioBreak[] = [
      'hang',
      'half_open',
      'reset',
      'cut',
      'too_many',
      'server_error',
      'bad_json',
      'other_json',
      'trickle',
      'approval_with_500',
      'flood',
      'redirect',
    ];
    const TIMES = 100;
    const AT_ONCE = 20;

    it.each(breaks)(`%s: 0 of ${TIMES} checks approved, nothing sent, no secret shown`, async (broken) => {
      // The limit is the real one; the clock is not, so that nobody waits for it.
      const clock = new FakeClock();
      const provider = verify(double, clock);
      const carrier = sms(double, clock);
      await new TwilioClient(account(double), { clock }).load();
      double.broken = broken;
      const outcomes: unknown[] = [];
      for (let i = 0; i < TIMES; i += AT_ONCE) {
        const before = double.connections;
        const calls = Array.from({ length: AT_ONCE }, (_, n) => {
          if (n % 10 === 8) return provider.start(TO, 'en');
          if (n % 10 === 9) return carrier.send(TO, MESSAGE);
          return provider.check(TO, CODE);
        });
        const settled = Promise.all(calls);
        if (['hang', 'half_open', 'trickle'].includes(broken)) {
          await eventually('all are on their way', async () => double.connections - before === AT_ONCE);
          let early = 0;
          for (const call of calls) void call.then(() => early++);
          clock.advance(9499);
          await new Promise((resolve) => setTimeout(resolve, 20));
          expect(early).toBe(0);
          clock.advance(1);
        }
        outcomes.push(...(await settled));
        expect(double.connections - before).toBe(AT_ONCE);
      }
      expect(outcomes).toHaveLength(TIMES);
      for (const outcome of outcomes) expect(outcome).toMatchObject({ kind: 'fault' });
      const faults = new Set(outcomes.map((outcome) => (outcome as { fault: string }).fault));
      expect([...faults]).toEqual([broken === 'too_many' ? 'rate_limited' : 'unreachable']);
      if (broken === 'too_many') expect(outcomes[0]).toMatchObject({ retryAfterMs: 7000, detail: '20429' });
      expectNoSecret(outcomes, SECRETS);
      double.readOn();
      await eventually('no connection is left', async () => double.openConnections === 0);
    });

    it('wrong credentials: 0 of 100 checks approved, and it says that an administrator has to mend it', async () => {
      await verify(double).start(TO, 'en');
      const code = double.codeOf(TO) ?? '';
      const provider = verify(double, realClock, 'another-token');
      for (let i = 0; i < TIMES; i += AT_ONCE) {
        const outcomes = await Promise.all(Array.from({ length: AT_ONCE }, () => provider.check(TO, code)));
        for (const outcome of outcomes)
          expect(outcome).toEqual({ kind: 'fault', fault: 'not_configured', detail: '20003' });
        expectNoSecret(outcomes, [...SECRETS, 'another-token', code]);
      }
      expect(double.codeOf(TO)).toBe(code);
    });
  });
});

describe('the address of Twilio', () => {
  const verifyUri = 'https://verify.twilio.com/v2/Services/VA1/Verifications?x=1';

  it('is left alone without a base address', () => {
    expect(twilioAddress(verifyUri, undefined)).toBe(verifyUri);
  });

  it('is the base address with the path of the request', () => {
    expect(twilioAddress(verifyUri, 'http://127.0.0.1:4010')).toBe(
      'http://127.0.0.1:4010/v2/Services/VA1/Verifications?x=1',
    );
    expect(twilioAddress(verifyUri, 'https://proxy.example/twilio/')).toBe(
      'https://proxy.example/twilio/v2/Services/VA1/Verifications?x=1',
    );
  });

  it('keeps the product in a region of Twilio', () => {
    expect(twilioAddress(verifyUri, 'https://api.dublin.ie1.twilio.com')).toBe(
      'https://verify.dublin.ie1.twilio.com/v2/Services/VA1/Verifications?x=1',
    );
  });

  it.each(['https://evil.example/v2', 'http://verify.twilio.com/v2', 'https://verify.twilio.com.evil.example/'])(
    'is never asked as %s',
    (uri) => {
      expect(() => twilioAddress(uri, 'http://127.0.0.1:1')).toThrow(/not known/);
      expect(() => twilioAddress(uri, undefined)).toThrow(/not known/);
    },
  );

  it('speaks plain http to this machine only, and holds no password', () => {
    for (const good of ['https://x.example', 'http://127.0.0.1:8', 'http://localhost', 'http://[::1]:9'])
      expect(baseUrlFault(good)).toBeUndefined();
    for (const bad of ['http://x.example', 'http://127.0.0.1.evil.example', 'https://a:b@x.example', 'ftp://127.0.0.1'])
      expect(baseUrlFault(bad)).toMatch(/\w/);
  });

  it('goes to no other place because of the environment', async () => {
    const double = new TwilioDouble();
    await double.start();
    process.env.TWILIO_REGION = 'evil';
    process.env.TWILIO_EDGE = 'evil';
    process.env.TWILIO_LOG_LEVEL = 'debug';
    try {
      const before = written.length;
      expect(await verify(double).start(TO, 'en')).toEqual({ kind: 'sent' });
      expect(written.slice(before)).toEqual([]);
    } finally {
      delete process.env.TWILIO_REGION;
      delete process.env.TWILIO_EDGE;
      delete process.env.TWILIO_LOG_LEVEL;
      await double.stop();
    }
  });
});

describe('what is left of a fault of the SDK', () => {
  it('is a number or the name of a class', () => {
    expect(twilioFailure({ isAxiosError: true, code: 'ECONNRESET', status: 200 }, undefined).outcome.detail).toBe(
      'ECONNRESET',
    );
    for (const odd of [null, undefined, 'text +15005550009', new SyntaxError(`in "${TO}"`), { code: `x ${TO}` }])
      expect(twilioFailure(odd, undefined).outcome).toEqual({
        kind: 'fault',
        fault: 'unreachable',
        detail: 'bad_answer',
      });
    expect(twilioFailure({ status: 418, code: 1, message: TO }, undefined).outcome).toEqual({
      kind: 'fault',
      fault: 'refused',
      detail: 'HTTP 418',
    });
  });

  it('reads Retry-After in seconds and as a date, within an hour', () => {
    const now = Date.UTC(2026, 10, 21, 8, 0, 0);
    expect(retryAfterMs('7', now)).toBe(7000);
    expect(retryAfterMs('Sat, 21 Nov 2026 08:00:30 GMT', now)).toBe(30_000);
    expect(retryAfterMs('Sat, 21 Nov 2026 07:00:00 GMT', now)).toBe(0);
    expect(retryAfterMs('999999999', now)).toBe(3_600_000);
    expect(retryAfterMs('soon', now)).toBeUndefined();
    expect(retryAfterMs(undefined, now)).toBeUndefined();
  });
});
