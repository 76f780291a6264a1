import { describe, expect, it } from 'vitest';
import { type BodyMotion, bodyMotion, seenBody } from '../../../src/domain/liveness/pose-vector.js';
import type { PoseTake } from '../../../src/domain/liveness/run-order.js';
import { seeded } from '../../support/seeded.js';
import { KNOWN_GESTURE, type Scene, someBody, someGesture, someTake } from '../../support/synthetic-bodies.js';

/** Takes of the same person at the same moment with the same chance, in another scene. */
function motionIn(scene: Partial<Scene>, seed = 5): BodyMotion {
  const draw = seeded(seed);
  return bodyMotion(seenBody(someTake(someBody(draw), KNOWN_GESTURE, draw, scene), 12)!);
}

const farthest = (a: Float32Array, b: Float32Array): number =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

function changed(take: PoseTake, change: (points: Float32Array, frame: number) => void): PoseTake {
  return {
    frames: take.frames.map(({ at, points }, i) => {
      const copy = points.slice();
      change(copy, i);
      return { at, points: copy };
    }),
  };
}

describe('what a take says about a body', () => {
  it('does not change with the place where the person stands, nor with the distance', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const here = motionIn({}, seed);
      for (const scene of [{ x: 80, y: 400 }, { shoulderPx: 60 }, { shoulderPx: 300, x: 500, y: 40 }]) {
        const there = motionIn(scene, seed);
        expect(farthest(here.mean, there.mean)).toBeLessThan(1e-4);
        expect(farthest(here.gesture, there.gesture)).toBeLessThan(1e-4);
        expect(there.arm).toBe(here.arm);
      }
    }
  });

  it('has the neck as origin and the width of the shoulders as unit', () => {
    const { mean } = motionIn({ noisePx: 0, variation: 0 });
    const [leftX, leftY, rightX, rightY] = mean;
    expect(leftX! - rightX!).toBeCloseTo(1, 2);
    expect([leftX! + rightX!, leftY! + rightY!]).toEqual([expect.closeTo(0, 5), expect.closeTo(0, 5)]);
    // Hips hang below, wrists beside.
    expect(mean[13]).toBeGreaterThan(1);
  });

  it('takes the arm that moves more, and the other when it is asked for', () => {
    const draw = seeded(9);
    for (let n = 0; n < 40; n++) {
      const body = someBody(draw);
      const gesture = someGesture(draw);
      const seen = seenBody(someTake(body, gesture, draw), 12)!;
      expect(bodyMotion(seen).arm).toBe(gesture.arm);
      const other = gesture.arm === 'left' ? 'right' : 'left';
      const still = bodyMotion(seen, other);
      expect(still.arm).toBe(other);
      expect(farthest(still.gesture, bodyMotion(seen).gesture)).toBeGreaterThan(0.3);
    }
  });

  it('is nearly the same with half of the frames, at uneven times: steps are equal in time', () => {
    const draw = seeded(4);
    const take = someTake(someBody(draw), KNOWN_GESTURE, draw, { framesPerSecond: 30, noisePx: 0 });
    const full = bodyMotion(seenBody(take, 12)!);
    const last = take.frames.length - 1;
    const fewer = { frames: take.frames.filter((_, i) => i === 0 || i === last || (i % 3 !== 1 && i % 4 !== 2)) };
    expect(fewer.frames.length).toBeLessThan(take.frames.length * 0.6);
    expect(farthest(bodyMotion(seenBody(fewer, 12)!).gesture, full.gesture)).toBeLessThan(0.06);
  });

  it('goes without hips where they are not in sight', () => {
    expect(motionIn({}).hips).toBe(true);
    const cut = motionIn({ hips: false });
    expect(cut.hips).toBe(false);
    expect([...cut.mean.subarray(12)]).toEqual([0, 0]);
  });
});

describe('a take that cannot be measured', () => {
  const draw = seeded(2);
  const take = someTake(someBody(draw), KNOWN_GESTURE, draw);

  it('has too few frames with shoulders, elbows and wrists', () => {
    expect(seenBody(take, 30)).toBeDefined();
    expect(seenBody(take, 31)).toBeUndefined();
    for (const point of [5, 6, 7, 8, 9, 10]) {
      const unseen = changed(take, (points) => {
        points[3 * point + 2] = 0.19;
      });
      expect(seenBody(unseen, 12)).toBeUndefined();
    }
    expect(seenBody({ frames: [] }, 0)).toBeUndefined();
  });

  it('has numbers that are none: such frames do not count', () => {
    const half = changed(take, (points, frame) => {
      if (frame % 2 === 0) points[3 * 9] = Number.NaN;
    });
    expect(seenBody(half, 12)?.frames).toHaveLength(15);
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      for (const offset of [0, 1, 2]) {
        const none = changed(take, (points) => {
          points[3 * 8 + offset] = bad;
        });
        expect(seenBody(none, 12)).toBeUndefined();
      }
    }
    expect(seenBody({ frames: take.frames.map(({ points }) => ({ at: Number.NaN, points })) }, 12)).toBeUndefined();
  });

  it('is all zeros, has another number of points, goes back in time or lasts no time', () => {
    const zeros = changed(take, (points) => {
      for (let i = 0; i < points.length; i += 3) points.set([0, 0, 0.9], i);
    });
    expect(seenBody(zeros, 12)).toBeUndefined();
    expect(
      seenBody({ frames: take.frames.map(({ at }) => ({ at, points: new Float32Array(51) })) }, 12),
    ).toBeUndefined();
    expect(
      seenBody({ frames: take.frames.map(({ at, points }) => ({ at, points: points.subarray(3) })) }, 12),
    ).toBeUndefined();
    expect(seenBody({ frames: take.frames.toReversed() }, 12)).toBeUndefined();
    expect(seenBody({ frames: take.frames.map(({ points }) => ({ at: 1, points })) }, 12)).toBeUndefined();
  });
});
