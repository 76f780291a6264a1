import { describe, expect, it } from 'vitest';
import { CHALLENGE_ACTIONS, type ChallengeAction } from '../../../src/domain/liveness/action.js';
import { MOST_SKIPS } from '../../../src/domain/liveness/challenge.js';
import { ChallengePlan } from '../../../src/domain/liveness/challenge-plan.js';
import { quantile } from '../../../src/domain/statistics.js';
import { seeded } from '../../support/seeded.js';
import { Cooperating, simulate } from '../../support/simulated-run.js';

/** `TRIALS=1000 npx vitest run test/domain/liveness/challenge-times.test.ts` prints the figures of docs/liveness.md. */
const trials = Number(process.env.TRIALS ?? 12);

/** Runs of a cooperating person in simulated time, seconds; every one has to pass. */
function secondsOf(options: Partial<Parameters<typeof simulate>[0]>): readonly number[] {
  return Array.from({ length: trials }, (_, seed) => {
    const { evidence, ms } = simulate({ seed: seed + 1, actor: new Cooperating(), ...options });
    expect(`${evidence.state} ${evidence.reason}`).toBe('passed ok');
    return ms / 1000;
  });
}

describe('time that a cooperating person needs, simulated', () => {
  it.each([
    ['challenge, 15 frames a second', {}, 8],
    ['challenge, 7.5 frames a second', { frameMs: 2000 / 15 }, 10],
    ['level passive, 15 frames a second', { order: { level: 'passive' } }, 1.5],
  ] as const)('%s', { timeout: 600_000 }, (what, options, limit) => {
    const seconds = secondsOf(options);
    const [median, most, longest] = [0.5, 0.95, 1].map((p) => quantile(seconds, p).toFixed(1));
    console.log(`${what}: n ${trials}, median ${median} s, 95 % in ${most} s, longest ${longest} s`);
    expect(quantile(seconds, 0.5)).toBeLessThanOrEqual(limit);
  });
});

describe('a fixed order of recordings against the draw', () => {
  /** Whether they fit, when every one is played at the best moment and what does not fit is changed. */
  function fits(recordings: readonly ChallengeAction[], random: () => number): boolean {
    const plan = new ChallengePlan(CHALLENGE_ACTIONS, (n) => Math.floor(random() * n));
    const done: ChallengeAction[] = [];
    for (let skips = 0; plan.left.length > 0; ) {
      const asked = plan.left[0]!;
      plan.take();
      if (asked === recordings[done.length]) done.push(asked);
      else if (skips === MOST_SKIPS || !plan.skip(done, skips++ === 0)) return false;
    }
    return true;
  }

  it('fits in less than one of a hundred draws', { timeout: 600_000 }, () => {
    const random = seeded(1);
    const draws = 200 * trials;
    let fitting = 0;
    for (let i = 0; i < draws; i++) if (fits(['turn_left', 'look_up', 'blink', 'lean_left'], random)) fitting++;
    console.log(`fixed order, by the draws alone: ${fitting} of ${draws} fit`);
    expect(fitting).toBeGreaterThan(0);
    expect(fitting / draws).toBeLessThan(0.012);
  });
});
