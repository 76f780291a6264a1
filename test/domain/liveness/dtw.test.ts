import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DTW_BAND, dtwDistance, GESTURE_STEPS } from '../../../src/domain/liveness/dtw.js';

const movement = fc
  .array(fc.float({ min: -2, max: 2, noNaN: true }), { minLength: 2 * GESTURE_STEPS, maxLength: 2 * GESTURE_STEPS })
  .map((values) => Float32Array.from(values));

/** The whole table, as the definition says. */
function slowly(a: Float32Array, b: Float32Array, dims: number, band: number): number {
  const n = a.length / dims;
  const table = Array.from({ length: n + 1 }, () => new Array<number>(n + 1).fill(Number.POSITIVE_INFINITY));
  table[0]![0] = 0;
  for (let i = 1; i <= n; i++)
    for (let j = 1; j <= n; j++) {
      if (Math.abs(i - j) > band) continue;
      let sum = 0;
      for (let d = 0; d < dims; d++) sum += (a[(i - 1) * dims + d]! - b[(j - 1) * dims + d]!) ** 2;
      table[i]![j] = Math.sqrt(sum) + Math.min(table[i - 1]![j]!, table[i]![j - 1]!, table[i - 1]![j - 1]!);
    }
  return table[n]![n]! / n;
}

/** A bump at `centre`, 40 steps of one coordinate. */
const bump = (centre: number): Float32Array =>
  Float32Array.from({ length: GESTURE_STEPS }, (_, i) => Math.exp(-(((i - centre) / 4) ** 2)));

describe('distance of two movements by time warping', () => {
  it('is that of the definition, the same in both directions, and nothing for the same movement', () => {
    fc.assert(
      fc.property(movement, movement, (a, b) => {
        const distance = dtwDistance(a, b, 2);
        expect(distance).toBeCloseTo(slowly(a, b, 2, DTW_BAND), 6);
        expect(dtwDistance(b, a, 2)).toBeCloseTo(distance, 6);
        expect(dtwDistance(a, a, 2)).toBe(0);
        expect(distance).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 60 },
    );
  });

  it('is at most the distance step by step, and a wider band never makes it greater', () => {
    fc.assert(
      fc.property(movement, movement, (a, b) => {
        const stiff = dtwDistance(a, b, 2, 0);
        let former = stiff;
        for (const band of [1, 3, 6, 40]) {
          const distance = dtwDistance(a, b, 2, band);
          expect(distance).toBeLessThanOrEqual(former + 1e-9);
          former = distance;
        }
      }),
      { numRuns: 40 },
    );
  });

  it('forgives a delay within the band and not one beyond it', () => {
    const own = bump(15);
    expect(dtwDistance(own, bump(20), 1)).toBeLessThan(0.02);
    expect(dtwDistance(own, bump(20), 1, 0)).toBeGreaterThan(0.1);
    expect(dtwDistance(own, bump(35), 1)).toBeGreaterThan(0.15);
  });

  it('is no number where one value is none, or the lengths do not fit', () => {
    const own = bump(15);
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
      for (const place of [0, 17, 39]) {
        const other = bump(15);
        other[place] = bad;
        expect(dtwDistance(own, other, 1)).toBeNaN();
        expect(dtwDistance(other, own, 1)).toBeNaN();
      }
    expect(dtwDistance(own, bump(15).subarray(1), 1)).toBeNaN();
    expect(dtwDistance(own, own, 3)).toBeNaN();
    expect(dtwDistance(new Float32Array(0), new Float32Array(0), 1)).toBeNaN();
  });
});
