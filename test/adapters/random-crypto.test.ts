import { describe, expect, it } from 'vitest';
import { CryptoRandom } from '../../src/adapters/random-crypto.js';
import { pickFrom, type Random } from '../../src/ports/random.js';
import { FakeRandom } from '../fakes/fake-random.js';

const makers: [string, () => Random][] = [
  ['crypto', () => new CryptoRandom()],
  ['fake', () => new FakeRandom()],
];

describe.each(makers)('random contract: %s', (_name, make) => {
  it('makes increasing UUIDs of version 7', () => {
    const random = make();
    const ids = Array.from({ length: 5000 }, () => random.uuid7());
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('gives as many bytes as asked for, all values among them', () => {
    const random = make();
    expect(random.bytes(0)).toHaveLength(0);
    expect(random.bytes(33)).toHaveLength(33);
    expect(new Set(random.bytes(65536)).size).toBe(256);
  });

  it('picks every number of a range equally often', () => {
    const random = make();
    for (const n of [2, 3, 10, 216]) {
      const draws = 150 * n;
      const counts = new Array<number>(n).fill(0);
      for (let draw = 0; draw < draws; draw++) counts[pickFrom(random, n)]! += 1;
      const expected = draws / n;
      const chiSquared = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
      // Mean n − 1, standard deviation √(2(n − 1)): five of them above are exceeded once in more than 10,000 runs.
      expect(chiSquared).toBeLessThan(n - 1 + 5 * Math.sqrt(2 * (n - 1)) + 10);
    }
  });
});

describe('picking a number', () => {
  const giving = (...values: readonly number[]): Pick<Random, 'bytes'> => {
    let next = 0;
    return {
      bytes: () => {
        const value = values[next++] ?? 0;
        return Uint8Array.of(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
      },
    };
  };

  it('draws again beyond the last full multiple, so that no number comes more often', () => {
    // 2^32 = 3 × 1431655765 + 1: only the last value is left out.
    expect(pickFrom(giving(0xffff_ffff, 5), 3)).toBe(2);
    expect(pickFrom(giving(0xffff_fffe), 3)).toBe(2);
    expect(pickFrom(giving(0xffff_ffff), 2 ** 32)).toBe(0xffff_ffff);
    expect(pickFrom(giving(123), 1)).toBe(0);
  });

  it('refuses a range that is none', () => {
    for (const n of [0, -1, 1.5, Number.NaN, 2 ** 32 + 1]) expect(() => pickFrom(giving(1), n)).toThrow(RangeError);
  });
});
