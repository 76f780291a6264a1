import { mean, median } from '../statistics.js';
import { ARTICULATED_POINTS, articulatedBody } from './body-points.js';
import type { PoseTake } from './run-order.js';

/**
 * Least movement and variance of a pose take: the 5th percentile of genuine reaches of 8 people (8 points, 60 frames a
 * second, about 5.5 s). One person of twenty who reaches moves less than that.
 */
export const TOTAL_MOVEMENT = 12.35;
export const TEMPORAL_VARIANCE = 0.085;
/** Frames of a take of that measurement: the sum grows with them. */
export const TOTAL_MOVEMENT_FRAMES = 330;

/** Fewer frames with the whole body in sight are no take. */
const MIN_FRAMES = 8;
/** A point counts when it is seen in this share of the frames with both shoulders. */
const SEEN_SHARE = 0.8;

/** What a take says by the rule `movement-variance`. */
export interface MovementVariance {
  /** Sum over frames, points and axes of the difference to the frame before, in shoulder widths. */
  readonly totalMovement: number;
  /** Sum over points and axes of the variance over the take, in squared shoulder widths. */
  readonly temporalVariance: number;
  /** Frames that were used: those that show every point that counts. */
  readonly frames: number;
  /** Between the first and the last of them. */
  readonly seconds: number;
}

/**
 * Total movement and temporal variance of a take, by neck, shoulders, elbows, wrists and middle of the hips, divided by
 * the median shoulder width. Undefined where fewer than eight frames show shoulders and the points that count.
 *
 * It finds a picture that nobody moves, and a take in which nobody moved. It stops nothing else: a photograph shaken by
 * hand passes both thresholds in 78 % of simulated trials, and on recorded clips replays move more than quiet people
 * (docs/liveness.md). A take below a threshold fails; from a take above them nothing follows.
 */
export function movementVariance(take: PoseTake): MovementVariance | undefined {
  const bodies = take.frames.flatMap(({ at, points }, i) => {
    const before = take.frames[i - 1];
    if (!Number.isFinite(at) || (before !== undefined && !(at > before.at))) return [];
    const body = articulatedBody({ points });
    return body === undefined ? [] : [{ at, body }];
  });
  const counted: number[] = [];
  for (let i = 0; i < ARTICULATED_POINTS; i++)
    if (bodies.filter(({ body }) => body.seen[i]).length >= SEEN_SHARE * bodies.length) counted.push(i);
  const used = bodies.filter(({ body }) => counted.every((i) => body.seen[i]));
  const first = used[0];
  const last = used.at(-1);
  if (first === undefined || last === undefined || used.length < MIN_FRAMES) return undefined;
  const width = median(used.map(({ body }) => body.shoulderWidth));
  let totalMovement = 0;
  let temporalVariance = 0;
  for (const point of counted) {
    for (let axis = 0; axis < 2; axis++) {
      const values = used.map(({ body }) => body.points[2 * point + axis]! / width);
      const middle = mean(values);
      temporalVariance += mean(values.map((value) => (value - middle) ** 2));
      for (let i = 1; i < values.length; i++) totalMovement += Math.abs(values[i]! - values[i - 1]!);
    }
  }
  if (!Number.isFinite(totalMovement) || !Number.isFinite(temporalVariance)) return undefined;
  return { totalMovement, temporalVariance, frames: used.length, seconds: (last.at - first.at) / 1000 };
}

/** The threshold of the total movement for a take of so many frames. */
export function totalMovementThreshold(frames: number): number {
  return (TOTAL_MOVEMENT * frames) / TOTAL_MOVEMENT_FRAMES;
}

/** Below either threshold: the take fails. Not still says nothing about who or what moved. */
export function isStill({ totalMovement, temporalVariance, frames }: MovementVariance): boolean {
  // Written so that NaN is still.
  return !(totalMovement >= totalMovementThreshold(frames) && temporalVariance >= TEMPORAL_VARIANCE);
}
