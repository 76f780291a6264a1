import { dtwDistance } from './dtw.js';
import type { PoseTemplate } from './pose-template.js';
import { type BodyMotion, GESTURE_DIMENSIONS, HIP_COORDINATE } from './pose-vector.js';

/**
 * Spread of each coordinate of the mean vector over takes of many people, in shoulder widths: x, y of shoulders, elbows,
 * wrists and hips. Design values, made with the synthetic bodies of test/support/synthetic-bodies.ts; no people were measured.
 */
const COORDINATE_SPREAD: readonly number[] = [
  0.02, 0.03, 0.02, 0.03, 0.08, 0.11, 0.08, 0.11, 0.16, 0.18, 0.16, 0.18, 0.1, 0.1,
];
/** Median and standard deviation of the distances of other people who know the gesture; same source. */
export const MEAN_IMPOSTORS = { median: 0.62, spread: 0.21 };
export const GESTURE_IMPOSTORS = { median: 0.34, spread: 0.19 };
/** Takes up to this fused distance are those of the enrolled person; same source: docs/liveness.md, "Pose signature". */
export const POSE_THRESHOLD = -1.6;

/**
 * Takes that are enrolled together are at most this far from one another: nearer than half of the other people are. Wider
 * than the threshold, because a first take is compared with one sample instead of five.
 */
export const TAKES_ALIKE = 0;

/** How far a take is from a signature. Smaller is nearer. */
export interface PoseDistance {
  /** Mean over the coordinates of |difference| / spread; of the nearest sample. */
  readonly mean: number;
  /** Time-warped distance of the gestures in shoulder widths; of the nearest sample. */
  readonly gesture: number;
  /** Sum of both, each minus the median of impostors and divided by their spread. */
  readonly fused: number;
}

/** Which arm of a take has to be compared is `template.arm`: a gesture made with the other arm is another gesture. */
export function poseDistance(template: PoseTemplate, take: BodyMotion): PoseDistance | undefined {
  if (take.arm !== template.arm) return undefined;
  const mean = Math.min(...template.samples.map((sample) => meanDistance(sample, take)));
  const gesture = Math.min(
    ...template.samples.map((sample) => dtwDistance(sample.gesture, take.gesture, GESTURE_DIMENSIONS)),
  );
  const fused = standing(mean, MEAN_IMPOSTORS) + standing(gesture, GESTURE_IMPOSTORS);
  return Number.isFinite(fused) ? { mean, gesture, fused } : undefined;
}

/** Hips are compared where both have seen them. */
function meanDistance(a: BodyMotion, b: BodyMotion): number {
  const coordinates = a.hips && b.hips ? COORDINATE_SPREAD.length : HIP_COORDINATE;
  let sum = 0;
  for (let i = 0; i < coordinates; i++) sum += Math.abs(a.mean[i]! - b.mean[i]!) / COORDINATE_SPREAD[i]!;
  return sum / coordinates;
}

function standing(distance: number, impostors: { readonly median: number; readonly spread: number }): number {
  return (distance - impostors.median) / impostors.spread;
}
