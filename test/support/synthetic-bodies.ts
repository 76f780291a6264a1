import type { PoseTake } from '../../src/domain/liveness/run-order.js';
import { gaussian } from './seeded.js';

/**
 * Invented bodies that make gestures before a camera: skeletons of two arms seen from the front, with proportions, habits
 * and gestures drawn at random, and the noise of a body network. Nothing here was measured on people.
 */

/** Numbers from 0 to 1. */
export type Draw = () => number;

export function normal(draw: Draw, mean: number, deviation: number): number {
  return mean + deviation * gaussian(draw)();
}

/** Lengths in shoulder widths, angles in radians from hanging straight down, outward positive. */
export interface Body {
  readonly upperArm: number;
  readonly foreArm: number;
  readonly torso: number;
  /** Slope of the shoulders. */
  readonly tilt: number;
  /** How the arms hang: shoulder and elbow, left and right. */
  readonly rest: readonly [number, number, number, number];
  /** Habits in any gesture: how wide, how fast, how late. */
  readonly amplitude: number;
  readonly tempo: number;
  readonly delay: number;
  /** How the elbow goes with the shoulder. */
  readonly elbowShare: number;
}

/** A gesture as it may be told to somebody: which arm, how far up, how often to and fro. */
export interface Gesture {
  readonly arm: 'left' | 'right';
  /** Radians that the upper arm goes outward. */
  readonly lift: number;
  /** Radians that the forearm bends. */
  readonly bend: number;
  /** Swings of the forearm, and how wide. */
  readonly swings: number;
  readonly swing: number;
  /** Share of the take in which the arm is up. */
  readonly hold: number;
}

export interface Scene {
  /** Pixels between the shoulders. */
  readonly shoulderPx: number;
  /** Middle of the shoulders, pixels. */
  readonly x: number;
  readonly y: number;
  readonly hips: boolean;
  readonly framesPerSecond: number;
  readonly seconds: number;
  /** Noise of each coordinate, pixels per 150 pixels of shoulder width. */
  readonly noisePx: number;
  /** Scales what a person does differently each time; 1 as in `docs/liveness.md`, 0 always the same. */
  readonly variation: number;
}

export const SCENE: Scene = {
  shoulderPx: 150,
  x: 320,
  y: 200,
  hips: true,
  framesPerSecond: 7.5,
  seconds: 4,
  noisePx: 2,
  variation: 1,
};

export function someBody(draw: Draw): Body {
  const angle = (): number => normal(draw, 0.16, 0.06);
  const bend = (): number => normal(draw, 0.15, 0.1);
  return {
    upperArm: normal(draw, 0.9, 0.06),
    foreArm: normal(draw, 0.75, 0.05),
    torso: normal(draw, 1.45, 0.1),
    tilt: normal(draw, 0, 0.03),
    rest: [angle(), bend(), angle(), bend()],
    amplitude: normal(draw, 1, 0.12),
    tempo: normal(draw, 1, 0.12),
    delay: normal(draw, 0.5, 0.15),
    elbowShare: normal(draw, 1, 0.15),
  };
}

export function someGesture(draw: Draw): Gesture {
  return {
    arm: draw() < 0.5 ? 'left' : 'right',
    lift: 0.5 + 1.6 * draw(),
    bend: 0.3 + 1.9 * draw(),
    swings: Math.floor(4 * draw()),
    swing: 0.3 + 0.5 * draw(),
    hold: 0.35 + 0.3 * draw(),
  };
}

/** The wave that everybody knows. */
export const KNOWN_GESTURE: Gesture = { arm: 'right', lift: 1.3, bend: 1.5, swings: 2, swing: 0.5, hold: 0.5 };

/** One take of a gesture by a body. */
export function someTake(body: Body, gesture: Gesture, draw: Draw, scene: Partial<Scene> = {}): PoseTake {
  const { shoulderPx, x, y, hips, framesPerSecond, seconds, noisePx, variation: v } = { ...SCENE, ...scene };
  const amplitude = body.amplitude * normal(draw, 1, 0.1 * v);
  const tempo = body.tempo * normal(draw, 1, 0.1 * v);
  const delay = body.delay + normal(draw, 0, 0.15 * v);
  const tilt = body.tilt + normal(draw, 0, 0.015 * v);
  const rest = body.rest.map((angle) => angle + normal(draw, 0, 0.06 * v));
  const bend = gesture.bend * normal(draw, 1, 0.1 * v);
  const hold = (gesture.hold * seconds) / tempo;
  const rise = 0.6 / tempo;
  const count = Math.round(seconds * framesPerSecond);
  const frames = Array.from({ length: count }, (_, n) => {
    const t = n / framesPerSecond;
    const up = smooth((t - delay) / rise) * (1 - smooth((t - delay - rise - hold) / rise));
    const share = Math.min(1, Math.max(0, (t - delay - rise) / Math.max(0.2, hold)));
    const swinging = up * gesture.swing * Math.sin(2 * Math.PI * gesture.swings * share);
    const moved = [
      up * gesture.lift * amplitude,
      up * body.elbowShare * (bend * amplitude) + swinging * amplitude,
    ] as const;
    const [leftLift, leftBend, rightLift, rightBend] = rest as [number, number, number, number];
    const left = gesture.arm === 'left' ? moved : ([0, 0] as const);
    const right = gesture.arm === 'right' ? moved : ([0, 0] as const);
    const points = new Float32Array(17 * 3);
    const put = (point: number, px: number, py: number): void => {
      const noise = (noisePx * shoulderPx) / 150;
      points[3 * point] = x + shoulderPx * px + normal(draw, 0, noise);
      points[3 * point + 1] = y + shoulderPx * py + normal(draw, 0, noise);
      points[3 * point + 2] = 0.8;
    };
    // In a picture that is not mirrored the person's left is on the right.
    arm(body, 1, tilt, leftLift + left[0], leftBend + left[1]).forEach(([px, py], i) => {
      put(5 + 2 * i, px, py);
    });
    arm(body, -1, tilt, rightLift + right[0], rightBend + right[1]).forEach(([px, py], i) => {
      put(6 + 2 * i, px, py);
    });
    if (hips) {
      put(11, 0.33, body.torso);
      put(12, -0.33, body.torso);
    }
    return { at: 1000 * (1 + t), points };
  });
  return { frames };
}

/** Shoulder, elbow, wrist in shoulder widths from the neck. @param side 1 towards the picture's right */
function arm(
  body: Body,
  side: 1 | -1,
  tilt: number,
  lift: number,
  bend: number,
): readonly (readonly [number, number])[] {
  const shoulder = [side * 0.5 * Math.cos(tilt), side * 0.5 * Math.sin(tilt)] as const;
  const elbow = [
    shoulder[0] + side * body.upperArm * Math.sin(lift),
    shoulder[1] + body.upperArm * Math.cos(lift),
  ] as const;
  const wrist = [
    elbow[0] + side * body.foreArm * Math.sin(lift + bend),
    elbow[1] + body.foreArm * Math.cos(lift + bend),
  ] as const;
  return [shoulder, elbow, wrist];
}

function smooth(t: number): number {
  const u = Math.min(1, Math.max(0, t));
  return u * u * (3 - 2 * u);
}

/** Equal error rate (at the nearest genuine distance), and the rates at a threshold. Small distances are accepted. */
export function errorRates(genuine: readonly number[], impostor: readonly number[], threshold: number) {
  const sorted = genuine.toSorted((a, b) => a - b);
  const rates = (t: number) => ({
    frr: sorted.filter((value) => value > t).length / sorted.length,
    far: impostor.filter((value) => value <= t).length / impostor.length,
  });
  let best = { gap: 2, eer: 1, eerAt: Number.NaN };
  for (const t of sorted) {
    const { frr, far } = rates(t);
    const gap = Math.abs(frr - far);
    if (gap < best.gap) best = { gap, eer: (frr + far) / 2, eerAt: t };
  }
  return { eer: best.eer, eerAt: best.eerAt, ...rates(threshold) };
}
