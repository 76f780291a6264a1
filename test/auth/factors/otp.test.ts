import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contactKey } from '../../../src/auth/factors/otp.js';
import type { ChannelId } from '../../../src/auth/factors/otp-channels.js';
import { totpCode, totpStep } from '../../../src/auth/factors/totp.js';
import type { CodeMessenger } from '../../../src/ports/messenger.js';
import { faultOutcome } from '../../fakes/fake-messenger.js';
import { ADDRESS, codesOver, credentialsWith, NUMBER, otherCode, SECRET } from './codes.js';

describe('a code that was sent', () => {
  it('goes to the number of the record, says from whom and how long, and passes once', async () => {
    const { codes, clock, sms, add } = await codesOver();
    await add('p_1', { phone: NUMBER });
    expect(codes.state('a', true)).toBeUndefined();
    expect(await codes.send('a', 'p_1', 'twilio-sms', true)).toEqual({ kind: 'sent' });
    expect(sms.sent.map(({ to, message }) => ({ to, ...message, code: message.code.length }))).toEqual([
      { to: NUMBER, from: 'Library, kiosk 1', language: 'en', minutes: 5, code: 6 },
    ]);
    clock.advance(1000);
    expect(codes.state('a', true)).toEqual({
      id: 'twilio-sms',
      channel: 'sms',
      destination: '••• ••• 78',
      expiresInMs: 299_000,
      resendInMs: 29_000,
      triesLeft: 5,
    });
    const code = sms.codeOf(NUMBER)!;
    expect(await codes.check('a', 'p_1', otherCode(code))).toEqual({
      result: { kind: 'otp', outcome: 'failed', reason: 'code_wrong', channel: 'sms', at: clock.mono() },
      message: 'code_wrong',
    });
    expect(codes.state('a', true)?.triesLeft).toBe(4);
    expect(await codes.check('a', 'p_1', ` ${code.slice(0, 3)}-${code.slice(3)} `)).toEqual({
      result: { kind: 'otp', outcome: 'passed', reason: 'ok', channel: 'sms', at: clock.mono() },
    });
    expect(await codes.check('a', 'p_1', code)).toMatchObject({
      result: { outcome: 'failed', reason: 'code_expired' },
      message: 'code_expired',
    });
    expect(codes.state('a', true)?.expiresInMs).toBe(0);
  });

  it('is checked five times at most, then even the right one is refused', async () => {
    const { codes, sms, add } = await codesOver();
    await add('p_1', { phone: NUMBER });
    await codes.send('a', 'p_1', 'twilio-sms', true);
    const code = sms.codeOf(NUMBER)!;
    for (let i = 4; i >= 0; i--) {
      expect((await codes.check('a', 'p_1', otherCode(code))).message).toBe('code_wrong');
      expect(codes.state('a', true)?.triesLeft).toBe(i);
    }
    expect((await codes.check('a', 'p_1', code)).message).toBe('code_expired');
  });

  it('voids the one before, and is refused earlier than the page offers it', async () => {
    const { codes, clock, sms, add } = await codesOver();
    await add('p_1', { phone: NUMBER });
    const sent: string[] = [];
    for (const seconds of [30, 40, 60, 90]) {
      expect(await codes.send('a', 'p_1', 'twilio-sms', true)).toEqual({ kind: 'sent' });
      sent.push(sms.codeOf(NUMBER)!);
      clock.advance(seconds * 1000 - 1);
      expect(await codes.send('a', 'p_1', 'twilio-sms', true)).toEqual({
        kind: 'refused',
        message: 'code_too_soon',
        waitMs: 1,
      });
      clock.advance(1);
    }
    await codes.send('a', 'p_1', 'twilio-sms', true);
    clock.advance(120_000);
    expect(await codes.send('a', 'p_1', 'email', true)).toMatchObject({ message: 'code_not_sent' });
    expect(await codes.send('a', 'p_1', 'twilio-sms', true)).toMatchObject({ message: 'code_limit', waitMs: 260_000 });
    for (const code of sent) expect((await codes.check('a', 'p_1', code)).result.outcome).toBe('failed');
    expect((await codes.check('a', 'p_1', sms.codeOf(NUMBER)!)).result.outcome).toBe('passed');
  });

  it('is void once the number in the record is another one, or gone', async () => {
    for (const phone of ['+4915199999999', undefined]) {
      const { codes, credentials, sms, add } = await codesOver();
      await add('p_1', { phone: NUMBER });
      await codes.send('a', 'p_1', 'twilio-sms', true);
      await credentials.change('p_1', ({ phone: _former, ...own }) => own);
      if (phone !== undefined) await add('p_1', { phone });
      expect((await codes.check('a', 'p_1', sms.codeOf(NUMBER)!)).result.outcome).toBe('failed');
    }
  });

  it('dies when its attempt is forgotten', async () => {
    const { codes, sms, add } = await codesOver();
    await add('p_1', { phone: NUMBER });
    await codes.send('a', 'p_1', 'twilio-sms', true);
    codes.forget('a');
    expect(codes.state('a', true)).toBeUndefined();
    expect((await codes.check('a', 'p_1', sms.codeOf(NUMBER)!)).message).toBe('code_wrong');
  });

  it('passes nobody else', async () => {
    const { codes, sms, add } = await codesOver();
    await add('p_1', { phone: NUMBER });
    await add('p_2', { phone: '+4915100000002' });
    await add('p_flatmate', { phone: NUMBER });
    await codes.send('a', 'p_1', 'twilio-sms', true);
    const code = sms.codeOf(NUMBER)!;
    for (const who of ['p_2', 'p_flatmate', undefined])
      expect((await codes.check('a', who, code)).result.outcome).toBe('failed');
    expect((await codes.check('a', 'p_1', code)).result.outcome).toBe('passed');
  });

  it('gives way to a code that the person has himself', async () => {
    const { codes, clock, sms, add } = await codesOver();
    await add('p_1', { phone: NUMBER, totp: SECRET });
    await codes.send('a', 'p_1', 'twilio-sms', true);
    expect(await codes.send('a', 'p_1', 'totp', true)).toEqual({ kind: 'sent' });
    expect(codes.state('a', true)).toBeUndefined();
    const own = totpCode(SECRET, totpStep(clock.now()));
    expect((await codes.check('a', 'p_1', own)).result).toMatchObject({ outcome: 'passed', channel: 'totp' });
    expect((await codes.check('a', 'p_1', sms.codeOf(NUMBER)!)).result.outcome).toBe('failed');
  });
});

describe('a code of the person that cannot be noted as used', () => {
  it.each([
    ['totp', totpCode(SECRET, totpStep(Date.UTC(2026, 10, 21, 8)))],
    ['recovery', 'AAAA-AAAA-AAAA-AAAA'],
  ])('%s: passes nobody and is reported', async (channel, code) => {
    const { credentials } = await codesOver();
    const having = credentialsWith('p_1', { totp: SECRET, recovery: ['AAAA-AAAA-AAAA-AAAA'] });
    await credentials.change('p_1', having);
    const full = { of: (id: string) => credentials.of(id), change: () => Promise.reject(new Error('no space left')) };
    const steps = { take: () => Promise.reject(new Error('no space left')) };
    const { codes, faults } = await codesOver({ credentials: full, steps });
    const answer = await codes.check('a', 'p_1', code);
    expect(answer).toMatchObject({ result: { outcome: 'unavailable', reason: 'factor_unavailable', channel } });
    expect(answer.message).toBeUndefined();
    expect(faults).toEqual([new Error('no space left')]);
  });
});

describe('ways to get a code', () => {
  it('are those that work for the person, in the order of the configuration, masked', async () => {
    const { codes, add } = await codesOver();
    await add('p_1', { phone: NUMBER, email: ADDRESS, totp: SECRET, recovery: ['AAAA-AAAA-AAAA-AAAA'] });
    await add('p_2', { unconfirmedPhone: NUMBER, email: ADDRESS });
    await add('p_3', { phone: '+43123456789' });
    const sms = { channel: 'sms', destination: '••• ••• 78' };
    const mail = { id: 'email', channel: 'email', destination: 'j•••@e•••.org' };
    expect(codes.choices('p_1', true)).toEqual([
      { id: 'totp', channel: 'totp' },
      { id: 'recovery', channel: 'recovery' },
      { id: 'twilio-sms', ...sms },
      { id: 'twilio-verify-sms', ...sms },
      mail,
    ]);
    expect(codes.choices('p_2', true)).toEqual([mail]);
    expect(codes.choices('p_3', true)).toEqual([]);
    expect(codes.choices('p_4', true)).toEqual([]);
  });

  it('are refused where the configuration does not name them, whatever is asked for', async () => {
    const { codes, sms, shown, add } = await codesOver({ settings: { channels: ['twilio-sms', 'screen'] } });
    await add('p_1', { phone: NUMBER, email: ADDRESS });
    for (const id of ['email', 'screen', 'twilio-verify-sms', 'totp', 'nothing', '__proto__', ''])
      expect(await codes.send('a', 'p_1', id, true)).toEqual({ kind: 'refused', message: 'code_not_sent' });
    expect([sms.calls, shown]).toEqual([0, []]);
    expect(codes.choices('p_1', true).map(({ id }) => id)).toEqual(['twilio-sms']);
  });

  it('are the screen too in the demo, which shows the code', async () => {
    const { codes, shown, add } = await codesOver({ demo: true, settings: { channels: ['screen'] } });
    await add('p_1', {});
    expect(codes.choices('p_1', true)).toEqual([{ id: 'screen', channel: 'screen' }]);
    expect(await codes.send('a', 'p_1', 'screen', true)).toEqual({ kind: 'sent' });
    const { demoCode } = codes.state('a', true)!;
    expect([demoCode]).toEqual(shown);
    expect((await codes.check('a', 'p_1', demoCode!)).result.outcome).toBe('passed');
  });
});

describe('a sender that does not send', () => {
  it.each(['destination_refused', 'channel_unsuited', 'not_configured', 'unreachable', 'refused'] as const)(
    '%s: another way may be tried at once, and no code is alive',
    async (fault) => {
      const { codes, sms, email, faults, add } = await codesOver();
      await add('p_1', { phone: NUMBER, email: ADDRESS });
      sms.fault = faultOutcome(fault, { detail: '21211' });
      expect(await codes.send('a', 'p_1', 'twilio-sms', true)).toEqual({ kind: 'refused', message: 'code_not_sent' });
      expect(codes.state('a', true)).toBeUndefined();
      expect(faults).toMatchObject([
        { code: 'messenger_failed', context: { channel: 'twilio-sms', fault, detail: '21211' } },
      ]);
      expect(await codes.send('a', 'p_1', 'email', true)).toEqual({ kind: 'sent' });
      expect((await codes.check('a', 'p_1', email.codeOf(ADDRESS)!)).result.outcome).toBe('passed');
    },
  );

  it('says how long to wait when the provider said so', async () => {
    const { codes, sms, add } = await codesOver();
    await add('p_1', { phone: NUMBER });
    sms.fault = faultOutcome('rate_limited', { retryAfterMs: 7000 });
    expect(await codes.send('a', 'p_1', 'twilio-sms', true)).toEqual({
      kind: 'refused',
      message: 'code_limit',
      waitMs: 7000,
    });
  });

  it('is not asked at all when the send cannot be counted', async () => {
    const { codes, sms, budget, faults, add } = await codesOver();
    await add('p_1', { phone: NUMBER });
    budget.take = () => Promise.reject(new Error('no space left'));
    expect(await codes.send('a', 'p_1', 'twilio-sms', true)).toEqual({ kind: 'refused', message: 'code_not_sent' });
    expect(sms.calls).toBe(0);
    expect(faults).toEqual([new Error('no space left')]);
  });
});

describe('a provider that makes the code itself', () => {
  it('approves once; own life, tries and single use hold on top', async () => {
    const { codes, clock, verify, add } = await codesOver({ settings: { lifeSeconds: 60 } });
    await add('p_1', { phone: NUMBER });
    await codes.send('a', 'p_1', 'twilio-verify-sms', true);
    const code = verify.codeOf(NUMBER)!;
    for (let i = 0; i < 4; i++) expect((await codes.check('a', 'p_1', otherCode(code))).message).toBe('code_wrong');
    expect((await codes.check('a', 'p_1', code)).result).toMatchObject({ outcome: 'passed', channel: 'sms' });
    expect((await codes.check('a', 'p_1', code)).message).toBe('code_expired');
    expect(verify.checked.length).toBe(5);
    clock.advance(30_000);
    await codes.send('b', 'p_1', 'twilio-verify-sms', true);
    clock.advance(60_000);
    expect((await codes.check('b', 'p_1', verify.codeOf(NUMBER)!)).message).toBe('code_expired');
    expect(verify.checked.length).toBe(5);
  });

  it('is asked for one answer at a time, and once it approved no more', async () => {
    const { codes, verify, add } = await codesOver();
    await add('p_1', { phone: NUMBER });
    await codes.send('a', 'p_1', 'twilio-verify-sms', true);
    const code = verify.codeOf(NUMBER)!;
    const answers = await Promise.all(Array.from({ length: 20 }, () => codes.check('a', 'p_1', code)));
    expect(answers.filter(({ result }) => result.outcome === 'passed').length).toBe(1);
    expect(verify.checked.length).toBe(1);
  });

  it('counts for the attempt that asked last, because it keeps one code for a number', async () => {
    const { codes, clock, verify, add } = await codesOver();
    await add('p_1', { phone: NUMBER });
    await codes.send('a', 'p_1', 'twilio-verify-sms', true);
    clock.advance(30_000);
    await codes.send('b', 'p_1', 'twilio-verify-sms', true);
    const code = verify.codeOf(NUMBER)!;
    expect((await codes.check('a', 'p_1', code)).message).toBe('code_expired');
    expect((await codes.check('b', 'p_1', code)).result.outcome).toBe('passed');
  });

  it('passes nothing when it fails, and nothing that was forgotten while it answered', async () => {
    const { codes, verify, faults, add } = await codesOver();
    await add('p_1', { phone: NUMBER });
    await codes.send('a', 'p_1', 'twilio-verify-sms', true);
    const code = verify.codeOf(NUMBER)!;
    verify.fault = faultOutcome('unreachable');
    expect(await codes.check('a', 'p_1', code)).toMatchObject({
      result: { outcome: 'unavailable', reason: 'factor_unavailable', channel: 'sms' },
    });
    expect(faults).toMatchObject([{ code: 'messenger_failed', context: { fault: 'unreachable' } }]);
    verify.fault = undefined;
    let open = (): void => {};
    verify.gate = new Promise((resolve) => {
      open = resolve;
    });
    const late = codes.check('a', 'p_1', code);
    await nextTurn();
    codes.forget('a');
    open();
    expect((await late).result.outcome).toBe('failed');
  });
});

describe('confirming a number or address', () => {
  it('takes a code that was sent there, and no other code of the person', async () => {
    const { codes, clock, sms, email, add } = await codesOver();
    await add('p_1', { unconfirmedPhone: NUMBER, email: ADDRESS, totp: SECRET, recovery: ['AAAA-AAAA-AAAA-AAAA'] });
    const key = contactKey('p_1', 'phone');
    expect(codes.channelTo('phone')).toBe('twilio-sms');
    expect(codes.channelTo('email')).toBe('email');
    expect(codes.ways()).toEqual(['totp', 'recovery', 'phone', 'email']);
    for (const id of ['email', 'totp', 'recovery'])
      expect(await codes.send(key, 'p_1', id, true)).toEqual({ kind: 'refused', message: 'code_not_sent' });
    expect(email.calls).toBe(0);
    expect(await codes.send('a', 'p_1', 'twilio-sms', true)).toEqual({ kind: 'refused', message: 'code_not_sent' });
    expect(await codes.send(key, 'p_1', 'twilio-sms', true)).toEqual({ kind: 'sent' });
    const code = sms.codeOf(NUMBER)!;
    for (const wrong of [totpCode(SECRET, totpStep(clock.now())), 'AAAA-AAAA-AAAA-AAAA'])
      expect((await codes.check(key, 'p_1', wrong)).message).toBe('code_wrong');
    expect((await codes.check('a', 'p_1', code)).result.outcome).toBe('failed');
    expect((await codes.check(key, 'p_1', code)).result).toMatchObject({ outcome: 'passed', channel: 'sms' });
  });

  it('is refused for a number that was changed after the code went out', async () => {
    const { codes, sms, add } = await codesOver();
    const key = contactKey('p_1', 'phone');
    await add('p_1', { unconfirmedPhone: NUMBER });
    await codes.send(key, 'p_1', 'twilio-sms', true);
    await add('p_1', { unconfirmedPhone: '+4915199999999' });
    expect((await codes.check(key, 'p_1', sms.codeOf(NUMBER)!)).result.outcome).toBe('failed');
  });
});

describe('whoever proved nothing', () => {
  it('gets a code without hearing where it went, and the same limits', async () => {
    const { codes, clock, sms, add } = await codesOver();
    await add('p_1', { phone: NUMBER });
    expect(await codes.send('a', 'p_1', 'twilio-sms', false)).toEqual({ kind: 'sent' });
    await nextTurn();
    expect(sms.sent.length).toBe(1);
    expect(codes.state('a', false)).toEqual({
      id: 'twilio-sms',
      channel: 'sms',
      expiresInMs: 300_000,
      resendInMs: 30_000,
      triesLeft: 5,
    });
    expect(await codes.send('a', 'p_1', 'twilio-sms', false)).toEqual({
      kind: 'refused',
      message: 'code_too_soon',
      waitMs: 30_000,
    });
    // Another attempt on the same name is told that a code was sent; none goes out before its time.
    expect(await codes.send('b', 'p_1', 'twilio-sms', false)).toEqual({ kind: 'sent' });
    await nextTurn();
    expect(sms.sent.length).toBe(1);
    clock.advance(30_000);
    expect(await codes.send('b', 'p_1', 'twilio-sms', false)).toEqual({ kind: 'sent' });
    await nextTurn();
    expect(sms.sent.length).toBe(2);
    expect((await codes.check('b', 'p_1', sms.codeOf(NUMBER)!)).result.outcome).toBe('passed');
  });

  it('is sent five codes in one attempt at most, named or not', async () => {
    const { codes, clock, add } = await codesOver({ settings: { lifeSeconds: 600 } });
    await add('p_1', { phone: NUMBER });
    for (const [key, person] of [
      ['a', 'p_1'],
      ['b', undefined],
    ] as const) {
      for (const seconds of [30, 40, 60, 90, 120]) {
        expect(await codes.send(key, person, 'twilio-sms', false)).toEqual({ kind: 'sent' });
        clock.advance(seconds * 1000);
      }
      expect(await codes.send(key, person, 'twilio-sms', false)).toEqual({ kind: 'refused', message: 'code_limit' });
    }
  });

  it('cannot tell people from names that nobody has, whatever is asked in whatever order', async () => {
    const ids = ['totp', 'recovery', 'twilio-sms', 'twilio-verify-sms', 'email', 'screen', 'nothing'];
    const step = fc.oneof(
      fc.record({ act: fc.constant('send' as const), id: fc.constantFrom(...ids) }),
      fc.record({ act: fc.constant('check' as const), code: fc.constantFrom('000000', 'AAAA-BBBB-CCCC-DDDD', '1') }),
      fc.record({ act: fc.constant('exhaust' as const), code: fc.constant('000000') }),
      fc.record({ act: fc.constant('break' as const) }),
      fc.record({ act: fc.constant('wait' as const), ms: fc.constantFrom(1000, 30_000, 90_000, 300_000) }),
    );
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 16 }), async (steps) => {
        const { codes, clock, sms, email, verify, add } = await codesOver({ seed: 77 });
        await add('p_all', { phone: NUMBER, email: ADDRESS, totp: SECRET, recovery: ['ZZZZ-ZZZZ-ZZZZ-ZZZZ'] });
        await add('p_none', {});
        sms.fault = faultOutcome('unreachable');
        const people = ['p_all', 'p_none', undefined];
        for (const one of steps) {
          const answers: unknown[] = [];
          for (const [index, person] of people.entries()) {
            const key = `attempt${index}`;
            if (one.act === 'send') answers.push(await codes.send(key, person, one.id, false));
            else if (one.act === 'exhaust')
              for (let i = 0; i < 5; i++) answers.push(await codes.check(key, person, one.code));
            else if (one.act === 'check') answers.push(await codes.check(key, person, one.code));
            answers.push(codes.state(key, false), codes.choices(person, false));
          }
          if (one.act === 'break') verify.fault = faultOutcome('unreachable');
          if (one.act === 'wait') clock.advance(one.ms);
          await nextTurn();
          const each = answers.length / people.length;
          expect(answers.slice(each, 2 * each)).toEqual(answers.slice(0, each));
          expect(answers.slice(2 * each)).toEqual(answers.slice(0, each));
          compared += 1;
        }
        expect(verify.started.length + email.sent.length).toBeLessThanOrEqual(5);
      }),
      { numRuns: 400, seed: 20261121 },
    );
    console.info(`B5 ${compared} answers equal for known and unknown names (limit: all), seed 20261121`);
  });

  it('never passes with a name that nobody has, not even with the code that was made for the look of it', async () => {
    const { codes } = await codesOver({ demo: true, settings: { channels: ['screen'] } });
    expect(codes.ways()).toEqual([]);
    await codes.send('a', undefined, 'screen', false);
    const { demoCode } = codes.state('a', false)!;
    expect(demoCode).toMatch(/^\d{6}$/);
    expect((await codes.check('a', undefined, demoCode!)).result.outcome).toBe('failed');
    expect(await codes.send('a', undefined, 'screen', true)).toMatchObject({ message: 'code_not_sent' });
  });

  it('is not answered later because a sender is slow, and a sender that throws is a fault like another', async () => {
    const throwing: CodeMessenger = {
      kind: 'carrier',
      send: () => Promise.reject(new Error(`no route to ${NUMBER}`)),
    };
    const { codes, faults, add } = await codesOver({
      messengers: new Map<ChannelId, CodeMessenger>([['twilio-sms', throwing]]),
    });
    await add('p_1', { phone: NUMBER });
    expect(await codes.send('a', 'p_1', 'twilio-sms', false)).toEqual({ kind: 'sent' });
    await nextTurn();
    expect(faults).toMatchObject([{ code: 'messenger_failed', context: { fault: 'unreachable', detail: 'thrown' } }]);
    expect(JSON.stringify(faults)).not.toContain(NUMBER);
    const slow = await codesOver();
    await slow.add('p_1', { phone: NUMBER });
    slow.sms.gate = new Promise(() => {});
    expect(await slow.codes.send('a', 'p_1', 'twilio-sms', false)).toEqual({ kind: 'sent' });
  });
});
