import { describe, expect, it } from 'vitest';
import { CHALLENGE_ACTIONS, type ChallengeAction, isTurn, needsBody } from '../../../src/domain/liveness/action.js';
import { Challenge } from '../../../src/domain/liveness/challenge.js';
import { ChallengePlan } from '../../../src/domain/liveness/challenge-plan.js';
import type { MeasuredFrame } from '../../../src/domain/liveness/measured-frame.js';
import type { BodyPose } from '../../../src/domain/observation.js';
import { seeded } from '../../support/seeded.js';
import { headMesh } from '../../support/synthetic-head.js';

/** A body seen from so near that only these points are in the picture. */
function bodyWith(points: readonly number[]): BodyPose {
  const body = new Float32Array(17 * 3);
  for (const point of points) body.set([300 + 20 * point, 400, 0.6], 3 * point);
  return { points: body };
}
const SHOULDERS = [5, 6];
const ELBOWS = [7, 8];

/** The action that is asked for first, of somebody who rests before the camera for four seconds. */
function firstAsked(seed: number, body: BodyPose, actions: readonly ChallengeAction[] = CHALLENGE_ACTIONS) {
  const random = seeded(seed);
  const pick = (n: number): number => Math.floor(random() * n);
  const challenge = new Challenge({ order: { id: 'c', actions, networks: { mesh: 'm', body: 'b' }, pick } }, 0);
  const mesh = headMesh();
  for (let at = 66; at < 4000 && challenge.prompted === undefined; at += 66) {
    const face = { track: 1, eyeDistancePx: 90, yaw: 0, mesh };
    const frame: MeasuredFrame = { at, width: 640, height: 480, faces: 1, face, body };
    challenge.see(frame, true);
  }
  return { asked: challenge.view(4000)?.action, hint: challenge.hint(), facts: challenge.result().facts };
}

const SEEDS = Array.from({ length: 300 }, (_, i) => i + 1);

describe('a challenge of somebody who stands too near for his arms to be seen', () => {
  it('asks for no hand, and for no lean where even the shoulders are out of the picture', () => {
    const near = SEEDS.map((seed) => firstAsked(seed, bodyWith(SHOULDERS)).asked);
    expect(near.filter((action) => action?.endsWith('hand'))).toEqual([]);
    expect(near.filter((action) => action?.startsWith('lean')).length).toBeGreaterThan(0);
    const nearer = SEEDS.map((seed) => firstAsked(seed, bodyWith([])).asked);
    expect(nearer.filter((action) => action === undefined || needsBody(action))).toEqual([]);
  });

  it('asks for hands where the elbows are seen at rest', () => {
    const asked = SEEDS.map((seed) => firstAsked(seed, bodyWith([...SHOULDERS, ...ELBOWS])).asked);
    expect(asked.filter((action) => action?.endsWith('hand')).length).toBeGreaterThan(30);
  });

  it('says that the shoulders are not seen where nothing else may be asked for', () => {
    const only = ['turn_left', 'raise_left_hand', 'raise_right_hand'] as const;
    const seed = SEEDS.find((one) => firstAsked(one, bodyWith([...SHOULDERS, ...ELBOWS]), only).asked !== 'turn_left');
    expect(firstAsked(seed ?? 0, bodyWith([]), only)).toMatchObject({ asked: undefined, hint: 'show_shoulders' });
  });

  it('notes in the record what was exchanged', () => {
    const exchanged = SEEDS.map((seed) => firstAsked(seed, bodyWith([])).facts?.bodyUnseen);
    expect(exchanged).toContain(1);
    expect(exchanged).toContain(0);
  });
});

describe('a plan without the body', () => {
  it('holds three different actions of the head, one of them a turn, each order about equally often', () => {
    const random = seeded(7);
    const counts = new Map<string, number>();
    for (let run = 0; run < 9_600; run++) {
      const plan = new ChallengePlan(CHALLENGE_ACTIONS, (n) => Math.floor(random() * n));
      plan.withoutBody([]);
      const isSound = new Set(plan.left).size === 3 && plan.left.some(isTurn) && !plan.left.some(needsBody);
      if (!isSound) expect.fail(`drawn: ${plan.left.join()}`);
      const order = plan.left.join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(96);
    // 100 of each are expected; five standard deviations.
    expect(Math.max(...counts.values())).toBeLessThan(150);
    expect(Math.min(...counts.values())).toBeGreaterThan(50);
  });
});
