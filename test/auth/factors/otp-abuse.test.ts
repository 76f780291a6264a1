import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { inspect } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import type { ChannelId } from '../../../src/auth/factors/otp-channels.js';
import { makeRecoveryCodes } from '../../../src/auth/factors/recovery-codes.js';
import { totpCode, totpStep } from '../../../src/auth/factors/totp.js';
import { Regulation } from '../../../src/auth/regulation.js';
import { MOST_WRONG_CODES } from '../../../src/domain/regulation.js';
import { noCredentials } from '../../../src/people/credential-record.js';
import type { PersonCredentials } from '../../../src/people/credentials.js';
import type { CodeMessenger } from '../../../src/ports/messenger.js';
import { FakeClock } from '../../fakes/fake-clock.js';
import { FakeMessenger, faultOutcome } from '../../fakes/fake-messenger.js';
import { FakeRandom } from '../../fakes/fake-random.js';
import { tempState } from '../../fakes/temp-state.js';
import { MemoryStore } from '../../support/memory-store.js';
import { ADDRESS, codesOver, credentialsWith, NUMBER, otherCode, SECRET } from './codes.js';

const DAY_MS = 86_400_000;
const SEED = 20261121;

/** Whole numbers below a limit, the same in every run. */
function dice(seed: number): (below: number) => number {
  const random = new FakeRandom(seed);
  return (below) => Buffer.from(random.bytes(4)).readUInt32BE() % below;
}

describe('the life of a code', () => {
  it('A2 ends to the millisecond, however the wall clock jumps', async () => {
    const roll = dice(SEED);
    let wrong = 0;
    const schedules = 1000;
    for (let schedule = 0; schedule < schedules; schedule += 100) {
      const lifeSeconds = 60 + roll(541);
      const { codes, clock, sms, add } = await codesOver({
        settings: { lifeSeconds, dailyMessages: 10_000 },
        seed: SEED + schedule,
      });
      await add('p_in', { phone: '+4915100000001' });
      await add('p_late', { phone: '+4915100000002' });
      for (let i = 0; i < 100; i++) {
        for (const person of ['p_in', 'p_late']) await codes.send(person, person, 'twilio-sms', true);
        const [inTime, late] = [sms.codeOf('+4915100000001')!, sms.codeOf('+4915100000002')!];
        const middle = 1 + roll(lifeSeconds * 1000 - 2);
        clock.advance(middle);
        clock.setWall(clock.now() + [1, -1, 400, -400][roll(4)]! * DAY_MS);
        clock.advance(lifeSeconds * 1000 - 1 - middle);
        if ((await codes.check('p_in', 'p_in', inTime)).result.outcome !== 'passed') wrong += 1;
        clock.advance(2);
        if ((await codes.check('p_late', 'p_late', late)).result.reason !== 'code_expired') wrong += 1;
        clock.advance(600_000);
      }
    }
    console.info(`A2 ${wrong} wrong of ${schedules} schedules (limit 0), seed ${SEED}`);
    expect(wrong).toBe(0);
  });
});

describe('answers at the same time', () => {
  it.each(['twilio-sms', 'twilio-verify-sms', 'totp'] as const)(
    'A3 one of 10,000 right ones passes, 20 at a time: %s',
    async (id) => {
      const { codes, clock, sms, verify, add } = await codesOver({ seed: SEED });
      await add('p_1', { phone: NUMBER, totp: SECRET });
      await codes.send('a', 'p_1', id, true);
      const code =
        id === 'totp'
          ? totpCode(SECRET, totpStep(clock.now()))
          : id === 'twilio-sms'
            ? sms.codeOf(NUMBER)!
            : verify.codeOf(NUMBER)!;
      let passed = 0;
      for (let batch = 0; batch < 500; batch++) {
        const answers = await Promise.all(Array.from({ length: 20 }, () => codes.check('a', 'p_1', code)));
        passed += answers.filter(({ result }) => result.outcome === 'passed').length;
      }
      console.info(`A3 ${id}: ${passed} passed of 10,000 (limit exactly 1), seed ${SEED}`);
      expect(passed).toBe(1);
    },
  );

  it('A3 share the five tries of their code: a right one among 20 passes only as one of the first five', async () => {
    const roll = dice(SEED);
    for (let round = 0; round < 200; round++) {
      const { codes, sms, add } = await codesOver({ seed: SEED + round });
      await add('p_1', { phone: NUMBER });
      await codes.send('a', 'p_1', 'twilio-sms', true);
      const code = sms.codeOf(NUMBER)!;
      const place = roll(20);
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, i) => codes.check('a', 'p_1', i === place ? code : otherCode(code))),
      );
      const passed = answers.flatMap(({ result }, i) => (result.outcome === 'passed' ? [i] : []));
      expect(passed).toEqual(place < 5 ? [place] : []);
    }
  });

  it('A3 the code of one attempt passes in no other one', async () => {
    const { codes, clock, sms, add } = await codesOver({ seed: SEED, settings: { dailyMessages: 10_000 } });
    await add('p_1', { phone: NUMBER });
    let passed = 0;
    let tried = 0;
    for (let round = 0; round < 1000; round++) {
      const [a, b] = [`a${round}`, `b${round}`];
      await codes.send(a, 'p_1', 'twilio-sms', true);
      const codeOfA = sms.codeOf(NUMBER)!;
      clock.advance(30_000);
      await codes.send(b, 'p_1', 'twilio-sms', true);
      const codeOfB = sms.codeOf(NUMBER)!;
      // Two codes of a million are equal now and then.
      if (codeOfA !== codeOfB) {
        tried += 1;
        if ((await codes.check(b, 'p_1', codeOfA)).result.outcome === 'passed') passed += 1;
        expect((await codes.check(a, 'p_1', codeOfA)).result.outcome).toBe('passed');
      }
      codes.forget(a);
      codes.forget(b);
      clock.advance(600_000);
    }
    console.info(`A3 ${passed} passed of ${tried} codes of another attempt (limit 0), seed ${SEED}`);
    expect(tried).toBeGreaterThan(990);
    expect(passed).toBe(0);
  });
});

describe('guessing', () => {
  it('A4 of 200,000 codes in 24 hours 25 are looked at, then nothing more', async () => {
    const store = new MemoryStore();
    const clock = new FakeClock();
    const { codes, add, sms } = await codesOver({ store, clock, seed: SEED });
    await add('p_1', { phone: NUMBER, totp: SECRET });
    const config = { freeTries: 5, firstDelaySeconds: 30, longestDelaySeconds: 900, lockAfter: 100, lockAfterFace: 50 };
    const regulation = new Regulation({ store, clock, config, onFault: () => {} });
    await regulation.start();
    const roll = dice(SEED);
    let looked = 0;
    let passed = 0;
    for (let guess = 0; guess < 200_000; guess++) {
      clock.advance(DAY_MS / 200_000);
      if (regulation.judge('p_1', 'otp').kind !== 'open') continue;
      // A new attempt for each guess, and a fresh code as often as one is to be had.
      const key = `attempt${guess}`;
      await codes.send(key, 'p_1', 'twilio-sms', true);
      looked += 1;
      const { result } = await codes.check(key, 'p_1', String(roll(1e6)).padStart(6, '0'));
      if (result.outcome === 'passed') passed += 1;
      else await regulation.failed('p_1', 'otp');
      codes.forget(key);
    }
    console.info(
      `A4 ${looked} looked at of 200,000 in 24 h (limit 100), ${sms.sent.length} codes sent, chance of a hit ≤ ${(looked * 4) / 1e6} (limit 0.0001), seed ${SEED}`,
    );
    expect(looked).toBe(MOST_WRONG_CODES);
    expect(passed).toBe(0);
    expect(regulation.judge('p_1', 'otp')).toEqual({ kind: 'locked' });
    expect(regulation.judge('p_1', 'password')).toEqual({ kind: 'open' });
  });
});

describe('sending', () => {
  it('A6 10,000 sends to 2,000 people stay in the budget of every day and in the allowed countries', async () => {
    const roll = dice(SEED);
    const own = new Map<string, PersonCredentials>();
    const beginnings = ['+4915', '+4316', '+18765', '+88213', '+79261'];
    for (let i = 0; i < 2000; i++) {
      const phone = `${beginnings[i % 5]}${String(1_000_000 + i).padStart(8, '1')}`.slice(0, 13);
      own.set(`p_${i}`, credentialsWith(`p_${i}`, { phone })(noCredentials(`p_${i}`)));
    }
    const clock = new FakeClock();
    const sms = new FakeMessenger();
    const sentAt: number[] = [];
    const counted: CodeMessenger = {
      kind: 'carrier',
      send: (to, message) => {
        sentAt.push(clock.mono());
        return sms.send(to, message);
      },
    };
    const { codes } = await codesOver({
      clock,
      seed: SEED,
      credentials: { of: (id) => own.get(id), change: () => Promise.reject(new Error('read only')) },
      messengers: new Map<ChannelId, CodeMessenger>([['twilio-sms', counted]]),
    });
    const answers = new Map<string, number>();
    for (let i = 0; i < 10_000; i++) {
      clock.advance(roll(30_000));
      // One half proved something, the other half typed a name.
      const answer = await codes.send(`k${i}`, `p_${roll(2000)}`, 'twilio-sms', i % 2 === 0);
      if (i % 2 === 1) await nextTurn();
      const word = answer.kind === 'sent' ? 'sent' : answer.message;
      answers.set(word, (answers.get(word) ?? 0) + 1);
      codes.forget(`k${i}`);
    }
    const most = Math.max(...sentAt.map((at) => sentAt.filter((other) => other >= at && other < at + DAY_MS).length));
    const outside = sms.sent.filter(({ to }) => !to.startsWith('+49')).length;
    console.info(
      `A6 at most ${most} messages in 24 h (limit 200), ${outside} outside the allowed countries (limit 0), ${sms.sent.length} in ${(clock.mono() / DAY_MS).toFixed(1)} days, seed ${SEED}`,
    );
    expect(most).toBe(200);
    expect(outside).toBe(0);
    expect(sms.sent.length).toBe(sentAt.length);
    expect(answers.get('code_limit')).toBeGreaterThan(100);
    expect(answers.get('code_not_sent')).toBeGreaterThan(1000);
  });
});

describe('what is kept and told', () => {
  it('A8 holds no code, no number, no address and no secret', async () => {
    const state = await tempState();
    const store = state.store();
    await store.open();
    const printed: string[] = [];
    const spies = (['log', 'info', 'warn', 'error'] as const).map((name) =>
      vi.spyOn(console, name).mockImplementation((...words) => void printed.push(inspect(words))),
    );
    const writes = (['stdout', 'stderr'] as const).map((name) =>
      vi.spyOn(process[name], 'write').mockImplementation((text) => Boolean(printed.push(String(text)))),
    );
    const leaky: CodeMessenger = {
      kind: 'carrier',
      send: (to, { code }) => Promise.reject(Object.assign(new Error(`POST ${to} ${code}`), { config: { to, code } })),
    };
    const canaries = new Set<string>([NUMBER, NUMBER.slice(3), ADDRESS, SECRET]);
    const told: unknown[] = [];
    const recovery = makeRecoveryCodes(new FakeRandom(9));
    for (const code of recovery) canaries.add(code).add(code.replaceAll('-', ''));
    for (const broken of [false, true]) {
      const parts = await codesOver({ store, clock: state.clock, seed: broken ? 3 : 4 });
      const { codes, clock, sms, email, verify, budget, faults } = parts;
      await parts.add('p_1', { phone: NUMBER, email: ADDRESS, totp: SECRET, recovery });
      if (broken) sms.fault = faultOutcome('unreachable', { detail: 'ECONNRESET' });
      for (const id of ['twilio-sms', 'twilio-verify-sms', 'email'] as const) {
        for (const proven of [true, false]) {
          clock.advance(600_000);
          const key = `${id} ${proven}`;
          told.push(await codes.send(key, 'p_1', id, proven));
          await nextTurn();
          if (broken && id === 'twilio-verify-sms') verify.fault = faultOutcome('unreachable');
          const code =
            id === 'email' ? email.codeOf(ADDRESS) : id === 'twilio-sms' ? sms.codeOf(NUMBER) : verify.codeOf(NUMBER);
          if (code !== undefined) canaries.add(code);
          told.push(codes.state(key, proven), codes.choices('p_1', proven));
          if (code !== undefined)
            told.push(await codes.check(key, 'p_1', otherCode(code)), await codes.check(key, 'p_1', code));
          told.push(codes.state(key, proven));
        }
      }
      const app = totpCode(SECRET, totpStep(clock.now()));
      canaries.add(app);
      told.push(await codes.check('t', 'p_1', app), await codes.check('t', 'p_1', app));
      told.push(await codes.check('t', 'p_1', recovery[0]!), await codes.check('t', 'p_1', recovery[0]!));
      told.push(...faults, inspect(faults, { depth: 20, showHidden: true }));
      told.push(inspect(codes, { depth: 20, showHidden: true }), inspect(budget, { depth: 20, showHidden: true }));
      await budget.stop();
    }
    const thrown = await codesOver({
      store,
      clock: state.clock,
      messengers: new Map([['twilio-sms', leaky]]),
      seed: 5,
    });
    state.clock.advance(600_000);
    told.push(await thrown.codes.send('l', 'p_1', 'twilio-sms', true), ...thrown.faults);
    told.push(inspect(thrown.faults, { depth: 20, showHidden: true }));
    for (const spy of [...spies, ...writes]) spy.mockRestore();
    await thrown.budget.stop();
    await store.close();
    const files = readdirSync(state.directory, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(json|prev)$/.test(name))
      .map((name) => readFileSync(join(state.directory, name), 'utf8'));
    await state.dispose();
    const everything = [
      ...files,
      ...printed,
      ...told.map((one) => `${JSON.stringify(one)} ${inspect(one, { depth: 20 })}`),
    ];
    const found = [...canaries].filter((canary) => everything.some((text) => contains(text, canary)));
    console.info(`A8 ${found.length} of ${canaries.size} canaries found in ${everything.length} texts (limit 0)`);
    expect(files.length).toBeGreaterThanOrEqual(3);
    expect(canaries.size).toBeGreaterThan(28);
    expect(found).toEqual([]);
  });
});

/** A code of six digits is looked for as a whole, not in the middle of a longer number. */
function contains(text: string, canary: string): boolean {
  return /^\d{6}$/.test(canary) ? new RegExp(`(?<![\\d.])${canary}(?!\\d)`).test(text) : text.includes(canary);
}
