import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CryptoRandom } from '../../../src/adapters/random-crypto.js';
import { CodeSeal, drawDigits, typedCode } from '../../../src/auth/factors/otp-code.js';
import { FakeRandom } from '../../fakes/fake-random.js';

/** χ² with 9 degrees of freedom that is exceeded with a probability of 1e-4. */
const CHI_SQUARE_LIMIT = 33.72;

function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** How often each digit stands at each place, and over all places last. */
function digitCounts(codes: readonly string[], digits: number): readonly number[][] {
  const places = Array.from({ length: digits + 1 }, () => new Array<number>(10).fill(0));
  for (const code of codes) {
    for (const [place, digit] of [...code].entries()) {
      places[place]![Number(digit)]! += 1;
      places[digits]![Number(digit)]! += 1;
    }
  }
  return places;
}

describe('codes that the kiosk makes', () => {
  it('A1 have equally likely digits at every place, leading zeros included', () => {
    const seed = 20261121;
    const random = new FakeRandom(seed);
    const codes = Array.from({ length: 100_000 }, () => drawDigits(random, 6));
    expect(codes.every((code) => /^\d{6}$/.test(code))).toBe(true);
    const values = digitCounts(codes, 6).map(chiSquare);
    console.info(
      `A1 largest χ² ${Math.max(...values).toFixed(1)} of 100,000 codes (limit ${CHI_SQUARE_LIMIT}), seed ${seed}`,
    );
    expect(Math.max(...values)).toBeLessThan(CHI_SQUARE_LIMIT);
    const zeros = codes.filter((code) => code.startsWith('0')).length;
    expect(zeros).toBeGreaterThan(9500);
    expect(zeros).toBeLessThan(10_500);
  });

  it('A1 come out unequal where a byte is only divided: the test would see it', () => {
    const random = new FakeRandom(20261121);
    const biased = Array.from({ length: 100_000 }, () =>
      [...random.bytes(6)].map((byte) => String(byte % 10)).join(''),
    );
    expect(Math.max(...digitCounts(biased, 6).map(chiSquare))).toBeGreaterThan(CHI_SQUARE_LIMIT);
  });

  it('have as many digits as asked for, from the randomness of the system', () => {
    const random = new CryptoRandom();
    for (const digits of [6, 7, 8]) {
      const codes = new Set(Array.from({ length: 1000 }, () => drawDigits(random, digits)));
      for (const code of codes) expect(code).toMatch(new RegExp(`^\\d{${digits}}$`));
      expect(codes.size).toBeGreaterThan(990);
    }
  });

  it('A1 no source file asks Math.random', () => {
    const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.(ts|tsx|mjs)$/.test(name),
    );
    const asking = files.filter((name) => readFileSync(join('src', name), 'utf8').includes('Math.random('));
    expect(files.length).toBeGreaterThan(100);
    expect(asking).toEqual([]);
  });
});

describe('the seal of a code', () => {
  it('matches the code in its own place only', () => {
    const seal = new CodeSeal(new FakeRandom(3));
    const kept = seal.of('012345', 'a');
    expect(seal.matches(kept, '012345', 'a')).toBe(true);
    for (const [code, place] of [
      ['012346', 'a'],
      ['012345', 'b'],
      ['12345', 'a0'],
      ['', 'a'],
      ['0123450', 'a'],
    ] as const)
      expect(seal.matches(kept, code, place)).toBe(false);
    expect(new CodeSeal(new FakeRandom(4)).matches(kept, '012345', 'a')).toBe(false);
  });

  it('is over what people type: blanks, hyphens and small letters do not matter', () => {
    expect(typedCode(' 012-345 ')).toBe('012345');
    expect(typedCode('7k3m-q0zd v9ta')).toBe('7K3MQ0ZDV9TA');
  });
});
