import { describe, expect, it } from 'vitest';
import { POSE_THRESHOLD, poseDistance } from '../../../src/domain/liveness/pose-distance.js';
import { judgePoseTake } from '../../../src/domain/liveness/pose-signature.js';
import { encodePose } from '../../../src/domain/liveness/pose-template.js';
import { bodyMotion, seenBody } from '../../../src/domain/liveness/pose-vector.js';
import type { PoseTake } from '../../../src/domain/liveness/run-order.js';
import type { Template } from '../../../src/domain/template.js';
import { seeded } from '../../support/seeded.js';
import { type Body, type Gesture, SCENE, someBody, someTake } from '../../support/synthetic-bodies.js';

const draw = seeded(31);
const ada = someBody(draw);
const WAVE: Gesture = { arm: 'right', lift: 1.3, bend: 1.5, swings: 2, swing: 0.5, hold: 0.5 };
const PUNCH: Gesture = { arm: 'right', lift: 0.6, bend: 0.5, swings: 0, swing: 0.3, hold: 0.35 };
const OTHER_ARM: Gesture = { ...WAVE, arm: 'left' };
/** Somebody whose takes differ little. */
const takeOf = (body: Body, gesture: Gesture, scene = {}) =>
  someTake(body, gesture, draw, { variation: 0.3, ...scene });

function signature(body: Body, gesture: Gesture): Template {
  const samples = Array.from({ length: 5 }, () => bodyMotion(seenBody(takeOf(body, gesture), 12)!, gesture.arm));
  return {
    id: '01a00000-0000-7000-8000-000000000001',
    personId: 'p_000000000001',
    kind: 'pose',
    pack: 'motion',
    modelHash: `sha256:${'ef'.repeat(32)}`,
    ...encodePose({ arm: gesture.arm, samples }),
    createdAt: '2026-11-21T08:00:00.000Z',
  };
}

const enrolled = signature(ada, WAVE);
/** A picture of the body that nobody moves. */
const still: PoseTake = (() => {
  const [first] = takeOf(ada, WAVE).frames;
  return { frames: Array.from({ length: 30 }, (_, n) => ({ at: 1000 + 133 * n, points: first!.points })) };
})();
const withNumbers = (take: PoseTake, change: (points: Float32Array) => Float32Array): PoseTake => ({
  frames: take.frames.map(({ at, points }) => ({ at, points: change(points.slice()) })),
});
const STILL = ['movement-variance'] as const;

describe('distance to a signature', () => {
  it('is none where another arm was looked at: the same way of an elbow is another gesture', () => {
    const body = seenBody(takeOf(ada, WAVE), 12)!;
    const template = { arm: 'right' as const, samples: [bodyMotion(body, 'right')] };
    expect(poseDistance(template, bodyMotion(body, 'right'))).toMatchObject({ mean: 0, gesture: 0 });
    expect(poseDistance(template, { ...bodyMotion(body, 'right'), arm: 'left' })).toBeUndefined();
  });
});

describe('judgement of a pose take', () => {
  it('required: the own gesture passes wherever one stands; another gesture, arm or body fails', () => {
    for (const scene of [{}, { shoulderPx: 90, x: 450 }, { hips: false }]) {
      const own = judgePoseTake(takeOf(ada, WAVE, scene), enrolled, STILL, 'required');
      expect(own).toMatchObject({ state: 'passed', reason: 'ok', frames: 30, threshold: POSE_THRESHOLD });
      expect(own.distance).toBeLessThan(POSE_THRESHOLD);
      expect(own.totalMovement).toBeGreaterThan(1);
      expect(own.temporalVariance).toBeGreaterThan(0.085);
      expect(own.seconds).toBeCloseTo(3.87, 1);
    }
    const tall: Body = { ...ada, upperArm: ada.upperArm * 1.3, foreArm: ada.foreArm * 1.3, rest: [0.5, 0.6, 0.5, 0.6] };
    for (const take of [takeOf(ada, PUNCH), takeOf(ada, OTHER_ARM), takeOf(tall, WAVE)]) {
      const judged = judgePoseTake(take, enrolled, [], 'required');
      expect(judged).toMatchObject({ state: 'failed', reason: 'pose_mismatch' });
      expect(judged.distance).toBeGreaterThan(POSE_THRESHOLD);
    }
  });

  it('required: without a signature that can be read it is unavailable', () => {
    const take = takeOf(ada, WAVE);
    expect(judgePoseTake(take, undefined, [], 'required')).toMatchObject({
      state: 'unavailable',
      reason: 'no_pose_enrolled',
    });
    for (const broken of [
      { ...enrolled, kind: 'face' as const },
      { ...enrolled, samples: enrolled.samples.map((values) => values.map(() => Number.NaN)) },
      { ...enrolled, samples: enrolled.samples.map((values) => values.map((value, i) => (i < 3 ? value : 0))) },
      { ...enrolled, samples: [] },
    ]) {
      const judged = judgePoseTake(take, broken, [], 'required');
      expect(judged).toMatchObject({ state: 'unavailable', reason: 'not_measured' });
      expect(judged).not.toHaveProperty('distance');
    }
  });

  it('record: passes and notes the distance; there need not be a signature', () => {
    const own = judgePoseTake(takeOf(ada, WAVE), enrolled, [], 'record');
    const other = judgePoseTake(takeOf(ada, PUNCH), enrolled, [], 'record');
    expect([own.state, other.state]).toEqual(['passed', 'passed']);
    expect(other.distance).toBeGreaterThan(own.distance!);
    expect(other.threshold).toBe(POSE_THRESHOLD);
    const nobody = judgePoseTake(takeOf(ada, WAVE), undefined, [], 'record');
    expect(nobody).toMatchObject({ state: 'passed', reason: 'ok' });
    expect(nobody).not.toHaveProperty('distance');
  });

  it('off: compares nothing, whoever is enrolled', () => {
    const judged = judgePoseTake(takeOf(ada, PUNCH), enrolled, STILL, 'off');
    expect(judged).toMatchObject({ state: 'passed', reason: 'ok' });
    expect(judged).not.toHaveProperty('distance');
    expect(judged).not.toHaveProperty('threshold');
  });

  it('movement-variance fails a still picture in every mode, and only where it is asked for', () => {
    for (const mode of ['off', 'record', 'required'] as const) {
      const judged = judgePoseTake(still, enrolled, STILL, mode);
      expect(judged).toMatchObject({ state: 'failed', reason: 'pose_still', totalMovement: 0 });
      expect(judged.temporalVariance).toBeCloseTo(0, 9);
    }
    expect(judgePoseTake(still, enrolled, [], 'off').state).toBe('passed');
    expect(judgePoseTake(still, enrolled, [], 'required')).toMatchObject({ state: 'failed', reason: 'pose_mismatch' });
  });

  it('nothing that was not measured passes, in any mode, with or without checks', () => {
    const take = takeOf(ada, WAVE);
    const { frames } = take;
    const unmeasured: readonly PoseTake[] = [
      { frames: [] },
      { frames: frames.slice(0, 11) },
      { frames: frames.toReversed() },
      withNumbers(take, (points) => points.fill(Number.NaN)),
      withNumbers(take, (points) => points.fill(0)),
      withNumbers(take, (points) => points.map((value, i) => (i % 3 === 2 ? value : 0))),
      withNumbers(take, (points) => points.map((value, i) => (i % 3 === 2 ? 0.1 : value))),
      withNumbers(take, (points) => points.subarray(0, 30)),
      { frames: frames.map(({ points }) => ({ at: Number.NaN, points })) },
    ];
    for (const mode of ['off', 'record', 'required'] as const)
      for (const checks of [[], STILL])
        for (const bad of unmeasured) {
          const judged = judgePoseTake(bad, enrolled, checks, mode);
          expect(judged).toMatchObject({ state: 'unavailable', reason: 'body_not_seen' });
          expect(judged).not.toHaveProperty('distance');
        }
  });

  it('dropping frames until too few are left never passes another gesture', () => {
    const other = takeOf(ada, OTHER_ARM);
    for (let n = 0; n < 200; n++) {
      const left = { frames: other.frames.filter(() => draw() > 0.3) };
      expect(judgePoseTake(left, enrolled, [], 'required').state).not.toBe('passed');
    }
  });

  it('says how many frames and seconds it rests on, and holds no point of the body', () => {
    const judged = judgePoseTake(takeOf(ada, WAVE), enrolled, STILL, 'required');
    expect(JSON.stringify(judged).length).toBeLessThan(300);
    expect(Object.values(judged).every((value) => typeof value === 'number' || typeof value === 'string')).toBe(true);
    expect(judged.frames).toBe(SCENE.seconds * SCENE.framesPerSecond);
  });
});
