import { describe, expect, it } from 'vitest';
import {
  hashRecoveryCode,
  looksLikeRecoveryCode,
  makeRecoveryCodes,
  matchRecoveryCode,
} from '../../../src/auth/factors/recovery-codes.js';
import { FakeRandom } from '../../fakes/fake-random.js';
import { codesOver } from './codes.js';

describe('recovery codes', () => {
  it('are ten different ones of 80 bits, in groups that can be read', () => {
    const codes = makeRecoveryCodes(new FakeRandom(1));
    expect(codes.length).toBe(10);
    expect(new Set(codes).size).toBe(10);
    for (const code of codes) expect(code).toMatch(/^(?:[0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/);
    expect(codes.every(looksLikeRecoveryCode)).toBe(true);
    expect(['012345', '01234567', '0123456789'].some(looksLikeRecoveryCode)).toBe(false);
  });

  it('are found however they are typed, and are those of one person', () => {
    const kept = [
      { hash: hashRecoveryCode('p_1', 'AAAA-AAAA-AAAA-AAAA') },
      { hash: hashRecoveryCode('p_1', '0101-ZZZZ-1010-XXXX') },
    ];
    expect(matchRecoveryCode('p_1', 'oiol zzzz-LOLO xxxx', kept)).toBe(1);
    expect(matchRecoveryCode('p_2', '0101-ZZZZ-1010-XXXX', kept)).toBeUndefined();
    expect(matchRecoveryCode('p_1', '0101-ZZZZ-1010-XXXY', kept)).toBeUndefined();
    expect(matchRecoveryCode('p_1', '0101-ZZZZ-1010-XXXX', [{ ...kept[1]!, usedAt: 'then' }])).toBeUndefined();
    expect(matchRecoveryCode('p_1', 'x', [{ hash: 'short' }])).toBeUndefined();
  });

  it('work once each: 1 of 2,000 racing checks, 20 at a time, also over a restart', async () => {
    const [code, next] = makeRecoveryCodes(new FakeRandom(5));
    const first = await codesOver();
    await first.add('p_1', { recovery: [code!, next!] });
    const outcomes: string[] = [];
    for (let batch = 0; batch < 100; batch++) {
      const answers = Array.from({ length: 20 }, (_, i) => first.codes.check(`a${i}`, 'p_1', code!));
      outcomes.push(...(await Promise.all(answers)).map(({ result }) => result.outcome));
    }
    expect(outcomes.filter((outcome) => outcome === 'passed').length).toBe(1);
    expect(first.credentials.of('p_1')?.recovery.map(({ usedAt }) => usedAt !== undefined)).toEqual([true, false]);
    const second = await codesOver({ store: first.store });
    expect((await second.codes.check('a', 'p_1', code!)).result).toMatchObject({
      outcome: 'failed',
      channel: 'recovery',
    });
    expect(await second.codes.check('a', 'p_1', next!.toLowerCase())).toMatchObject({
      result: { outcome: 'passed', channel: 'recovery' },
    });
    expect(second.codes.choices('p_1', true)).toEqual([]);
  });
});
