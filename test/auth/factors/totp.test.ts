import { describe, expect, it } from 'vitest';
import { matchTotp, type TotpAlgorithm, totpCode, totpStep } from '../../../src/auth/factors/totp.js';
import { codesOver, SECRET } from './codes.js';

/** RFC 6238 appendix B: Unix seconds and the codes of SHA1, SHA256, SHA512. */
const VECTORS: readonly (readonly [number, string, string, string])[] = [
  [59, '94287082', '46119246', '90693936'],
  [1111111109, '07081804', '68084774', '25091201'],
  [1111111111, '14050471', '67062674', '99943326'],
  [1234567890, '89005924', '91819424', '93441116'],
  [2000000000, '69279037', '90698825', '38618901'],
  [20000000000, '65353130', '77737706', '47863826'],
];

/** RFC 4648 base 32 without padding. */
function base32(text: string): string {
  const bits = [...Buffer.from(text, 'latin1')].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const groups = bits.match(/.{1,5}/g) ?? [];
  return groups.map((group) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(group.padEnd(5, '0'), 2)]).join('');
}

describe('codes of an authenticator app', () => {
  it('A7 are those of RFC 6238 appendix B, 18 of 18', () => {
    const digits = '1234567890'.repeat(7);
    const secrets: readonly (readonly [TotpAlgorithm, number])[] = [
      ['SHA1', 20],
      ['SHA256', 32],
      ['SHA512', 64],
    ];
    let equal = 0;
    for (const [seconds, ...codes] of VECTORS) {
      for (const [index, [algorithm, bytes]] of secrets.entries()) {
        const made = totpCode(base32(digits.slice(0, bytes)), totpStep(seconds * 1000), { algorithm, digits: 8 });
        expect(made).toBe(codes[index]);
        equal += 1;
      }
    }
    console.info(`A7 ${equal} of 18 vectors of RFC 6238 equal (limit 18)`);
    expect(equal).toBe(18);
  });

  it('A7 pass one step early or late and no further', () => {
    const now = Date.UTC(2026, 10, 21, 8, 0, 15);
    const step = totpStep(now);
    const found = [-3, -2, -1, 0, 1, 2, 3].map((away) => matchTotp(SECRET, totpCode(SECRET, step + away), now));
    expect(found).toEqual([undefined, undefined, step - 1, step, step + 1, undefined, undefined]);
  });

  it('are six digits and nothing else', () => {
    const now = Date.UTC(2026, 10, 21);
    const code = totpCode(SECRET, totpStep(now));
    for (const typed of ['', code.slice(1), `${code}0`, `0${code}`, code.replace(/./, 'x'), `${code} `, 'é'.repeat(6)])
      expect(matchTotp(SECRET, typed, now)).toBeUndefined();
  });

  it('pass nobody while the kiosk believes to be before 1970', () => {
    expect(matchTotp(SECRET, totpCode(SECRET, 0), -60_000)).toBeUndefined();
    expect(matchTotp(SECRET, totpCode(SECRET, 0), 0)).toBe(0);
  });

  it('A7 pass once, also after a restart and with a clock that goes back', async () => {
    const first = await codesOver();
    await first.add('p_1', { totp: SECRET });
    const code = totpCode(SECRET, totpStep(first.clock.now()));
    const passed = await first.codes.check('a', 'p_1', code);
    expect(passed).toEqual({
      result: { kind: 'otp', outcome: 'passed', reason: 'ok', channel: 'totp', at: first.clock.mono() },
    });
    const early = totpCode(SECRET, totpStep(first.clock.now()) - 1);
    const second = await codesOver({ store: first.store, clock: first.clock, seed: 2 });
    for (const { codes } of [first, second]) {
      for (const used of [code, early]) {
        expect(await codes.check('b', 'p_1', used)).toMatchObject({
          result: { outcome: 'failed', reason: 'code_expired' },
          message: 'code_expired',
        });
      }
    }
    first.clock.setWall(first.clock.now() - 30_000);
    expect((await second.codes.check('b', 'p_1', code)).result.outcome).toBe('failed');
    first.clock.setWall(first.clock.now() + 60_000);
    const next = totpCode(SECRET, totpStep(first.clock.now()));
    expect((await second.codes.check('b', 'p_1', next)).result.outcome).toBe('passed');
  });

  it('do not pass before the app was confirmed, nor where the configuration does not name them', async () => {
    const { codes, credentials, clock, add } = await codesOver();
    const code = totpCode(SECRET, totpStep(clock.now()));
    await credentials.change('p_1', (own) => ({ ...own, totp: { secret: SECRET } }));
    expect((await codes.check('a', 'p_1', code)).result.outcome).toBe('failed');
    expect(codes.choices('p_1', true)).toEqual([]);
    await add('p_1', { totp: SECRET });
    const without = await codesOver({ settings: { channels: ['email'] } });
    await without.add('p_1', { totp: SECRET });
    expect((await without.codes.check('a', 'p_1', code)).result.outcome).toBe('failed');
    expect((await codes.check('a', 'p_1', code)).result.outcome).toBe('passed');
  });

  it('of a secret that is replaced or removed while the code is noted do not pass', async () => {
    for (const totp of [
      undefined,
      { secret: base32('09876543210987654321'), confirmedAt: '2026-11-21T08:00:00.000Z' },
    ]) {
      const { taken, credentials, store, clock, add } = await codesOver();
      await add('p_1', { totp: SECRET });
      const steps = {
        take: async (personId: string, step: number) => {
          const isTaken = await taken.take(personId, step);
          await credentials.change(personId, ({ totp: _former, ...own }) => ({ ...own, ...(totp && { totp }) }));
          return isTaken;
        },
      };
      const { codes } = await codesOver({ store, clock, credentials, steps });
      const code = totpCode(SECRET, totpStep(clock.now()));
      expect((await codes.check('a', 'p_1', code)).result.outcome).toBe('failed');
    }
  });

  it('never pass somebody else or nobody', async () => {
    const { codes, clock, add } = await codesOver();
    await add('p_1', { totp: SECRET });
    await add('p_2', { totp: base32('09876543210987654321') });
    const code = totpCode(SECRET, totpStep(clock.now()));
    for (const who of ['p_2', 'p_3', undefined])
      expect((await codes.check('a', who, code)).result.outcome).toBe('failed');
  });
});
