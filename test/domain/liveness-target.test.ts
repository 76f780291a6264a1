import { describe, expect, it } from 'vitest';
import type { LivenessTarget } from '../../src/domain/attempt.js';
import { sameLivenessTarget } from '../../src/domain/attempt-live.js';

const ada: LivenessTarget = { factor: 'liveness', who: { kind: 'person', personId: 'p_ada' }, bound: true };
const nobody: LivenessTarget = { ...ada, who: { kind: 'nobody' } };

describe('what a run was begun for', () => {
  it('is the same only for the same factor, person and binding', () => {
    expect(sameLivenessTarget(ada, structuredClone(ada))).toBe(true);
    expect(sameLivenessTarget(nobody, structuredClone(nobody))).toBe(true);
    const others: readonly LivenessTarget[] = [
      { ...ada, factor: 'pose' },
      { ...ada, who: { kind: 'person', personId: 'p_bob' } },
      { ...ada, bound: false },
      nobody,
    ];
    for (const other of others) {
      expect(sameLivenessTarget(ada, other), JSON.stringify(other)).toBe(false);
      expect(sameLivenessTarget(other, ada), JSON.stringify(other)).toBe(false);
    }
  });

  it('is never the same as nothing, and nothing is not the same as nothing', () => {
    for (const [one, other] of [
      [ada, undefined],
      [undefined, ada],
      [undefined, undefined],
    ] as const)
      expect(sameLivenessTarget(one, other)).toBe(false);
  });
});
