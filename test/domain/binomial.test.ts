import { describe, expect, it } from 'vitest';
import { upperBound95 } from '../../src/domain/binomial.js';
import { padRates } from '../../src/domain/liveness/pad-metrics.js';

describe('bound of a rate', () => {
  it('is exact at no error, and near the rule of three where many were tried', () => {
    for (const [n, bound] of [
      [5, 0.451],
      [22, 0.127],
      [43, 0.067],
      [150, 0.0198],
      [300, 0.00994],
    ] as const) {
      expect(upperBound95(0, n)).toBeCloseTo(bound, 3);
      expect(upperBound95(0, n)).toBeLessThan(3 / n);
    }
  });

  it('agrees with published Clopper–Pearson values, and knows the ends', () => {
    expect(upperBound95(1, 10)).toBeCloseTo(0.3942, 3);
    expect(upperBound95(7, 22)).toBeCloseTo(0.517, 2);
    expect(upperBound95(5, 100)).toBeCloseTo(0.1023, 3);
    expect(upperBound95(10, 10)).toBe(1);
    expect(upperBound95(0, 0)).toBe(1);
  });

  it('lies above the rate and falls as more is tried', () => {
    for (let n = 2; n <= 400; n *= 2)
      for (let errors = 0; errors < n; errors += Math.ceil(n / 5)) {
        expect(upperBound95(errors, n)).toBeGreaterThan(errors / n);
        expect(upperBound95(errors * 2, n * 2)).toBeLessThanOrEqual(upperBound95(errors, n));
      }
  });
});

describe('rates of presentations', () => {
  it('are unknown where nothing of the kind was presented', () => {
    expect(padRates([])).toEqual({ species: [], bpcer: null, worst: null, acer: null });
    const attacks = padRates([{ kind: 'attack', species: 'print', state: 'failed' }]);
    expect(attacks).toMatchObject({ bpcer: null, acer: null, worst: { species: 'print', apcer: 0 } });
  });

  it('name among species without an error the one that was tried least', () => {
    const tried = (species: string, n: number) =>
      Array.from({ length: n }, () => ({ kind: 'attack' as const, species, state: 'failed' as const }));
    expect(padRates([...tried('replay', 40), ...tried('mask', 3)]).worst?.species).toBe('mask');
  });
});
