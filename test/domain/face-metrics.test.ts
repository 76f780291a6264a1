import { describe, expect, it } from 'vitest';
import { acceptedPart, rocOf, sortScores, thresholdAtFar, verificationOf } from '../../src/domain/face-metrics.js';

describe('face metrics', () => {
  const impostor = sortScores(Array.from({ length: 1000 }, (_, i) => i / 1000));

  it('finds the threshold at which the wanted part of impostors is accepted', () => {
    const threshold = thresholdAtFar(impostor, 0.01)!;
    expect(threshold).toBeCloseTo(0.99, 9);
    expect(acceptedPart(impostor, threshold)).toBeCloseTo(0.01, 9);
    expect(thresholdAtFar(sortScores([]), 0.01)).toBeUndefined();
  });

  it('counts a missed face as rejected at every threshold', () => {
    const genuine = sortScores([Number.NEGATIVE_INFINITY, 0.9, 0.95, 1]);
    expect(acceptedPart(genuine, -1)).toBe(0.75);
    expect(verificationOf(genuine, sortScores([0.1, 0.2, 0.3, 0.4]))).toMatchObject({ accuracy: 0.875 });
  });

  it('gives accuracy 1 and no error for separated scores, one half for equal ones', () => {
    expect(verificationOf(sortScores([0.8, 0.9]), sortScores([0.1, 0.2]))).toMatchObject({ accuracy: 1, eer: 0 });
    const equal = verificationOf(sortScores([0.1, 0.2, 0.3, 0.4]), sortScores([0.1, 0.2, 0.3, 0.4]))!;
    expect(equal.accuracy).toBe(0.5);
    expect(equal.eer).toBeCloseTo(0.5, 9);
    expect(verificationOf(sortScores([]), sortScores([1]))).toBeUndefined();
  });

  it('draws a curve that never rises when fewer impostors are accepted', () => {
    const roc = rocOf(sortScores([0.2, 0.5, 0.95, 0.999]), impostor);
    expect(roc[0]!.far).toBe(1);
    expect(roc.at(-1)!.far).toBeCloseTo(1e-3, 9);
    for (let i = 1; i < roc.length; i++) expect(roc[i]!.tar).toBeLessThanOrEqual(roc[i - 1]!.tar);
  });
});
