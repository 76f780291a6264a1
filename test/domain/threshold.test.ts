import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CalibrationCurve } from '../../src/domain/calibration.js';
import { chooseThreshold, thresholdAt } from '../../src/domain/threshold.js';
import { curvesOf } from '../../src/packs/calibration.js';

const curve: CalibrationCurve = {
  photos: 3,
  points: [
    { fmr: 1e-2, threshold: 0.2 },
    { fmr: 1e-3, threshold: 0.3 },
    { fmr: 1e-4, threshold: 0.5 },
  ],
  evidence: 'a test',
};
const rates = { verificationFmr: 1e-4, identificationFpir: 1e-3 };

describe('thresholdAt', () => {
  it('is linear in the logarithm of the rate', () => {
    expect(thresholdAt(curve, 1e-3)).toBeCloseTo(0.3, 9);
    expect(thresholdAt(curve, 10 ** -2.5)).toBeCloseTo(0.25, 9);
    expect(thresholdAt(curve, 10 ** -3.25)).toBeCloseTo(0.35, 9);
  });

  it('takes the last point and nothing beyond it', () => {
    expect(thresholdAt(curve, 1e-4)).toBeCloseTo(0.5, 9);
    expect(thresholdAt(curve, 0.001 / 10)).toBeCloseTo(0.5, 9);
    expect(thresholdAt(curve, 9.9e-5)).toBeUndefined();
    expect(thresholdAt(curve, 0)).toBeUndefined();
    expect(thresholdAt(curve, Number.NaN)).toBeUndefined();
  });

  it('is never laxer than the first point', () => {
    expect(thresholdAt(curve, 0.5)).toBe(0.2);
  });

  it('never falls when the rate falls', () => {
    const rate = fc.double({ min: 1e-4, max: 0.1, noNaN: true });
    fc.assert(
      fc.property(rate, rate, (a, b) => {
        const [lax, strict] = a > b ? [a, b] : [b, a];
        expect(thresholdAt(curve, strict)!).toBeGreaterThanOrEqual(thresholdAt(curve, lax)!);
      }),
    );
  });
});

describe('chooseThreshold', () => {
  const choose = (pack: string, photos: number, mode: '1:1' | '1:N', gallery: number) =>
    chooseThreshold({ curves: curvesOf(pack), photos, mode, gallery, ...rates });

  it('gives the documented thresholds of templates of three photographs', () => {
    expect(choose('open', 3, '1:1', 5000)).toMatchObject({ kind: 'threshold', threshold: 0.446, fmr: 1e-4 });
    expect(choose('open', 3, '1:N', 10)).toMatchObject({ kind: 'threshold', threshold: 0.446 });
    expect(choose('open', 3, '1:N', 100)).toMatchObject({ kind: 'threshold', threshold: 0.533 });
    expect(choose('core', 3, '1:N', 10)).toMatchObject({ kind: 'threshold', threshold: 0.945 });
  });

  it('is never laxer for a search than for one comparison', () => {
    expect(choose('open', 3, '1:N', 1)).toMatchObject({ threshold: 0.446 });
    expect(choose('open', 3, '1:N', 0)).toMatchObject({ threshold: 0.446 });
  });

  it('refuses a search beyond the last reliable point and says how many people are possible', () => {
    const refused = choose('core', 3, '1:N', 11);
    expect(refused).toMatchObject({ kind: 'refused', largestGallery: 10 });
    expect(refused.kind === 'refused' && refused.reason).toMatch(/11 people.*up to 10 people.*identificationFpir/);
    expect(choose('open', 3, '1:N', 101)).toMatchObject({ kind: 'refused', largestGallery: 100 });
    expect(choose('core', 3, '1:1', 5000).kind).toBe('threshold');
  });

  it('takes the stricter of the neighbouring curves for two photographs, the last one for many', () => {
    expect(choose('open', 1, '1:1', 1)).toMatchObject({ threshold: 0.427 });
    expect(choose('open', 2, '1:1', 1)).toMatchObject({ threshold: 0.446 });
    expect(choose('open', 7, '1:1', 1)).toMatchObject({ threshold: 0.446 });
  });

  it('refuses where nothing was measured', () => {
    expect(chooseThreshold({ curves: [], photos: 3, mode: '1:1', gallery: 1, ...rates })).toMatchObject({
      kind: 'refused',
      largestGallery: 0,
    });
    expect(
      chooseThreshold({ curves: [curve], photos: 3, mode: '1:1', gallery: 1, ...rates, verificationFmr: 1e-6 }),
    ).toMatchObject({ kind: 'refused', largestGallery: 0 });
  });
});
