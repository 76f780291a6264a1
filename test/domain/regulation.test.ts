import { describe, expect, it } from 'vitest';
import { FACTOR_KINDS } from '../../src/domain/factor.js';
import { judgement, MOST_WRONG_CODES, regulationLimits, waitAfter } from '../../src/domain/regulation.js';

const RULES = { freeTries: 5, firstDelaySeconds: 30, longestDelaySeconds: 900, lockAfter: 100, lockAfterFace: 50 };

describe('waits after wrong answers', () => {
  it('begin with the fifth, are doubled by each one, and end at the longest', () => {
    const limits = regulationLimits(RULES, 'password');
    const seconds = [0, 1, 4, 5, 6, 7, 8, 9, 10, 11, 99, 1e9].map((failures) => waitAfter(failures, limits) / 1000);
    expect(seconds).toEqual([0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900, 900]);
  });

  it('begin with the second failed run of liveness or pose, and never later than the configuration says', () => {
    for (const kind of ['liveness', 'pose'] as const) {
      const seconds = [0, 1, 2, 3].map((failures) => waitAfter(failures, regulationLimits(RULES, kind)) / 1000);
      expect(seconds).toEqual([0, 0, 30, 60]);
      expect(waitAfter(1, regulationLimits({ ...RULES, freeTries: 1 }, kind))).toBe(30_000);
    }
  });

  it('are never longer than the longest, however short that is', () => {
    const limits = regulationLimits({ ...RULES, firstDelaySeconds: 600, longestDelaySeconds: 45 }, 'pin');
    expect(waitAfter(5, limits)).toBe(45_000);
  });

  it('end in a lock at the limit of the factor: 100, the face 50, codes 25', () => {
    const limits = Object.fromEntries(FACTOR_KINDS.map((kind) => [kind, regulationLimits(RULES, kind).lockAfter]));
    expect(limits).toEqual({
      face: 50,
      liveness: 50,
      pose: 50,
      signature: 50,
      password: 100,
      pin: 100,
      badge: 100,
      otp: MOST_WRONG_CODES,
    });
    // One of four valid codes of a million in each answer.
    expect((MOST_WRONG_CODES * 4) / 1e6).toBeLessThanOrEqual(1e-4);
  });

  it('lock codes earlier where the configuration says so', () => {
    expect(regulationLimits({ ...RULES, lockAfter: 7 }, 'otp').lockAfter).toBe(7);
  });
});

describe('an answer', () => {
  const limits = regulationLimits(RULES, 'password');
  it('is looked at below the free tries, and from the very end of the wait on', () => {
    expect(judgement(4, 99_999, 0, limits)).toEqual({ kind: 'open' });
    expect(judgement(5, 1000, 999, limits)).toEqual({ kind: 'wait', ms: 1 });
    expect(judgement(5, 1000, 1000, limits)).toEqual({ kind: 'open' });
  });
  it('is not looked at once locked, whatever the time', () => {
    expect(judgement(99, 0, 1, limits)).toEqual({ kind: 'open' });
    expect(judgement(100, 0, 1e15, limits)).toEqual({ kind: 'locked' });
  });
});
