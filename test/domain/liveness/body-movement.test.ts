import { describe, expect, it } from 'vitest';
import { bodyMovement } from '../../../src/domain/liveness/articulation.js';
import { BODY } from '../../../src/domain/liveness/body-points.js';
import { ARTICULATION } from '../../../src/domain/liveness/hand-rule.js';
import {
  isStill,
  movementVariance,
  TEMPORAL_VARIANCE,
  TOTAL_MOVEMENT,
  TOTAL_MOVEMENT_FRAMES,
  totalMovementThreshold,
} from '../../../src/domain/liveness/movement-variance.js';
import type { PoseTake } from '../../../src/domain/liveness/run-order.js';
import type { BodyPose } from '../../../src/domain/observation.js';
import { type Acting, actingBody } from '../../support/acting-body.js';
import { gaussian, seeded } from '../../support/seeded.js';

const noise = (seed: number, px = 2): { px: number; gaussian: () => number } => ({
  px,
  gaussian: gaussian(seeded(seed)),
});
const HIPS = [BODY.left.hip, BODY.right.hip];

/** The points after an affine map. */
function mapped({ points }: BodyPose, [a, b, c, d, e, f]: readonly number[]): BodyPose {
  return {
    points: points.map((value, i) => {
      const x = points[i - (i % 3)]!;
      const y = points[i - (i % 3) + 1]!;
      return i % 3 === 0 ? a! * x + b! * y + c! : i % 3 === 1 ? d! * x + e! * y + f! : value;
    }),
  };
}

describe('articulation', () => {
  it('is nothing for a body that is moved, turned, stretched and sheared as a whole', () => {
    const rest = actingBody();
    const moved = bodyMovement(rest, mapped(rest, [1.2, 0.3, 40, -0.2, 0.8, -25]))!;
    expect(moved.articulation).toBeLessThan(1e-4);
    expect(moved.movement).toBeGreaterThan(0.25);
    expect(bodyMovement(rest, rest)).toEqual({ articulation: expect.closeTo(0, 5), movement: 0 });
  });

  it('is much for a raised hand, with hips in sight and without', () => {
    for (const unseen of [[], HIPS]) {
      const raised = Array.from({ length: 30 }, (_, seed) => {
        const shake = noise(seed);
        return bodyMovement(actingBody({ unseen }, shake), actingBody({ leftHand: 1, unseen }, shake))!.articulation;
      });
      const still = Array.from({ length: 30 }, (_, seed) => {
        const shake = noise(seed);
        return bodyMovement(actingBody({ unseen }, shake), actingBody({ unseen }, shake))!.articulation;
      });
      expect(Math.min(...raised)).toBeGreaterThan(2 * ARTICULATION);
      expect(Math.max(...still)).toBeLessThan(ARTICULATION / 2);
    }
  });

  it('stays below the threshold for a picture of hanging arms that is tilted to 45° (shoulders 15 cm wide, 60 cm away)', () => {
    const rows: string[] = [];
    for (const angle of [15, 25, 35, 45]) {
      let greatest = 0;
      for (let seed = 0; seed < 40; seed++) {
        const shake = noise(seed, 1);
        const rest = actingBody({ sheet: {} }, shake);
        for (const sheet of [{ yaw: angle }, { yaw: -angle }, { pitch: angle }, { pitch: -angle }])
          greatest = Math.max(greatest, bodyMovement(rest, actingBody({ sheet }, shake))!.articulation);
      }
      rows.push(`±${angle}°: ${greatest.toFixed(3)}`);
      expect(greatest).toBeLessThan(ARTICULATION);
    }
    console.log(`articulation of a tilted picture, greatest of 160: ${rows.join(', ')}`);
  });

  it('is not measured without shoulders, with too few points, in one line, or of what is no number', () => {
    const rest = actingBody();
    const unseen = [BODY.left.shoulder];
    expect(bodyMovement(rest, actingBody({ unseen }))).toBeUndefined();
    expect(bodyMovement(actingBody({ unseen }), rest)).toBeUndefined();
    const arms = [BODY.left.elbow, BODY.right.elbow, BODY.left.wrist, ...HIPS];
    expect(bodyMovement(rest, actingBody({ unseen: arms }))).toBeUndefined();
    expect(bodyMovement(rest, { points: rest.points.map((v, i) => (i === 15 ? Number.NaN : v)) })).toBeUndefined();
    expect(bodyMovement(mapped(rest, [1, 0, 0, 0, 0, 200]), rest)).toBeUndefined();
    expect(bodyMovement(rest, { points: new Float32Array(12) })).toBeUndefined();
  });
});

const take = (acts: readonly Acting[], seed: number, px = 2): PoseTake => {
  const shake = noise(seed, px);
  return { frames: acts.map((act, i) => ({ at: i * 200, points: actingBody(act, shake).points })) };
};
/** Four seconds at five frames a second: a hand goes up and comes down. */
const REACH = Array.from({ length: 20 }, (_, i): Acting => ({ rightHand: Math.max(0, Math.sin((i - 3) / 4)) }));
const STILL = Array.from({ length: 20 }, (): Acting => ({}));

describe('movement and variance of a take', () => {
  it('states its thresholds and rescales the first with the frames of a take', () => {
    expect(TOTAL_MOVEMENT).toBe(12.35);
    expect(TEMPORAL_VARIANCE).toBe(0.085);
    expect(totalMovementThreshold(TOTAL_MOVEMENT_FRAMES)).toBe(12.35);
    expect(totalMovementThreshold(33)).toBeCloseTo(1.235, 9);
  });

  it('is the sum of steps and of variances in shoulder widths', () => {
    const points = (x: number): Float32Array => {
      const body = actingBody().points.slice();
      body[3 * BODY.left.wrist]! += x;
      return body;
    };
    const frames = [0, 150, 0, 150, 0, 150, 0, 150].map((x, i) => ({ at: i * 100, points: points(x) }));
    const measured = movementVariance({ frames })!;
    expect(measured.totalMovement).toBeCloseTo(7, 4);
    expect(measured.temporalVariance).toBeCloseTo(0.25, 5);
    expect(measured.frames).toBe(8);
    expect(measured.seconds).toBeCloseTo(0.7, 9);
  });

  it('a person who raises a hand is not still; one who does nothing is, so is a picture that nobody moves', () => {
    for (let seed = 0; seed < 20; seed++) {
      expect(isStill(movementVariance(take(REACH, seed))!)).toBe(false);
      expect(isStill(movementVariance(take(STILL, seed))!)).toBe(true);
      expect(isStill(movementVariance(take(STILL, seed, 0))!)).toBe(true);
    }
  });

  it('does not change with distance', () => {
    const near = take(REACH, 1, 0);
    const far = {
      frames: near.frames.map(({ at, points }) => ({ at, points: points.map((v, i) => (i % 3 === 2 ? v : v / 2)) })),
    };
    expect(movementVariance(far)!.totalMovement).toBeCloseTo(movementVariance(near)!.totalMovement, 3);
  });

  it('does not tell a person from a picture: one that is pushed about by hand is not still', () => {
    const pushed = Array.from(
      { length: 20 },
      (_, i): Acting => ({ sheet: { x: 0.06 * Math.sin(i), yaw: 10 * Math.sin(i / 2) } }),
    );
    expect(isStill(movementVariance(take(pushed, 1))!)).toBe(false);
  });

  it('is not measured of takes that are too short, show no shoulders or hold no numbers; NaN is still', () => {
    expect(movementVariance({ frames: [] })).toBeUndefined();
    expect(movementVariance(take(REACH.slice(0, 7), 1))).toBeUndefined();
    expect(
      movementVariance(
        take(
          REACH.map((act) => ({ ...act, unseen: [BODY.left.shoulder] })),
          1,
        ),
      ),
    ).toBeUndefined();
    const nan = {
      frames: take(REACH, 1).frames.map(({ at }) => ({ at, points: new Float32Array(51).fill(Number.NaN) })),
    };
    expect(movementVariance(nan)).toBeUndefined();
    const notRising = { frames: take(REACH, 1).frames.map(({ points }) => ({ at: 5, points })) };
    expect(movementVariance(notRising)).toBeUndefined();
    expect(isStill({ totalMovement: Number.NaN, temporalVariance: 1, frames: 20, seconds: 4 })).toBe(true);
  });
});
