import { mean as meanOf, median } from '../statistics.js';
import { BODY, isSeen as isPointSeen } from './body-points.js';
import { GESTURE_STEPS } from './dtw.js';
import type { PoseTake } from './run-order.js';

/** The person's own side. */
export type Arm = 'left' | 'right';

/** Shoulders nearer together than this cannot carry a measure (design value; a person two metres away has about 80). */
const MIN_SHOULDER_PX = 20;
/** Hips count when they are seen in this share of the frames. */
const HIPS_SHARE = 0.5;
/** Points of the order of COCO. */
const SHOULDERS = [5, 6] as const;
const ARMS = { left: [7, 9], right: [8, 10] } as const satisfies Readonly<Record<Arm, readonly [number, number]>>;
const HIPS = [11, 12] as const;
/** Points that must be seen, in the order of the mean vector. */
const UPPER_BODY = [5, 6, 7, 8, 9, 10] as const;

/** Coordinates of the mean vector: shoulders, elbows, wrists (left before right), middle of the hips; x and y each. */
export const MEAN_COORDINATES = 14;
/** Place of the hips' x in the mean vector; its y follows. */
export const HIP_COORDINATE = 12;
/** Coordinates of one step of a gesture: x and y of the elbow, x and y of the wrist. */
export const GESTURE_DIMENSIONS = 4;

/** A take in which the upper body was seen. */
export interface SeenBody {
  /** Frames in which both shoulders, elbows and wrists were seen; in order. */
  readonly frames: readonly { readonly at: number; readonly points: Float32Array }[];
  /** Median over the frames, pixels. */
  readonly shoulderWidth: number;
  /** Between the first and the last of the frames. */
  readonly seconds: number;
}

/** What a take says about a body, without place and distance. */
export interface BodyMotion {
  /** Mean over the frames of each point minus the neck, in shoulder widths. The hips' two are 0 where `hips` is false. */
  readonly mean: Float32Array;
  readonly hips: boolean;
  /** Which arm `gesture` is of. */
  readonly arm: Arm;
  /** `GESTURE_STEPS` × (elbow x, y, wrist x, y) minus the neck, in shoulder widths; the steps are equal in time. */
  readonly gesture: Float32Array;
}

/** Whether shoulders, elbows and wrists are all seen. @param points as in BodyPose */
export function isUpperBodySeen(points: Float32Array): boolean {
  return UPPER_BODY.every((point) => isSeen(points, point));
}

/** The frames of a take that can be measured; undefined when they are fewer than `least`, or no body has their size. */
export function seenBody(take: PoseTake, least: number): SeenBody | undefined {
  const frames = take.frames.filter(({ at, points }) => Number.isFinite(at) && isUpperBodySeen(points));
  const first = frames[0];
  const last = frames.at(-1);
  if (first === undefined || last === undefined || frames.length < least) return undefined;
  const shoulderWidth = median(frames.map(({ points }) => widthOf(points)));
  const inOrder = frames.every(({ at }, i) => i === 0 || at >= frames[i - 1]!.at);
  if (!(shoulderWidth >= MIN_SHOULDER_PX) || !inOrder || !(last.at > first.at)) return undefined;
  return { frames, shoulderWidth, seconds: (last.at - first.at) / 1000 };
}

/**
 * Mean vector and gesture of a take (docs/liveness.md, "Pose signature"). Neither changes with the place where the person
 * stands nor with the distance.
 * @param arm whose gesture; by default the one that moves more
 */
export function bodyMotion(body: SeenBody, arm: Arm = movingArm(body)): BodyMotion {
  return { ...meanVector(body), arm, gesture: gestureOf(body, arm) };
}

/** The arm whose elbow and wrist go the longer way. */
function movingArm(body: SeenBody): Arm {
  return wayOf(body, 'right') >= wayOf(body, 'left') ? 'right' : 'left';
}

function wayOf({ frames }: SeenBody, arm: Arm): number {
  let way = 0;
  frames.forEach(({ points }, i) => {
    const before = frames[i - 1]?.points;
    if (before === undefined) return;
    for (const point of ARMS[arm]) {
      const [x, y] = fromNeck(points, point);
      const [x0, y0] = fromNeck(before, point);
      way += Math.hypot(x - x0, y - y0);
    }
  });
  return way;
}

function meanVector({ frames, shoulderWidth }: SeenBody): { readonly mean: Float32Array; readonly hips: boolean } {
  const mean = new Float32Array(MEAN_COORDINATES);
  UPPER_BODY.forEach((point, i) => {
    const at = frames.map(({ points }) => fromNeck(points, point));
    mean[2 * i] = meanOf(at.map(([x]) => x)) / shoulderWidth;
    mean[2 * i + 1] = meanOf(at.map(([, y]) => y)) / shoulderWidth;
  });
  const withHips = frames.filter(({ points }) => HIPS.every((point) => isSeen(points, point)));
  const hips = withHips.length >= HIPS_SHARE * frames.length;
  if (hips)
    for (const axis of [0, 1] as const) {
      const middles = withHips.map(({ points }) => meanOf(HIPS.map((point) => fromNeck(points, point)[axis])));
      mean[HIP_COORDINATE + axis] = meanOf(middles) / shoulderWidth;
    }
  return { mean, hips };
}

function gestureOf({ frames, shoulderWidth }: SeenBody, arm: Arm): Float32Array {
  const gesture = new Float32Array(GESTURE_STEPS * GESTURE_DIMENSIONS);
  const begin = frames[0]!.at;
  const length = frames.at(-1)!.at - begin;
  let next = 1;
  for (let step = 0; step < GESTURE_STEPS; step++) {
    const at = begin + (length * step) / (GESTURE_STEPS - 1);
    while (next < frames.length - 1 && frames[next]!.at < at) next++;
    const before = frames[next - 1]!;
    const after = frames[next]!;
    const span = after.at - before.at;
    const share = span > 0 ? Math.min(1, Math.max(0, (at - before.at) / span)) : 1;
    ARMS[arm].forEach((point, i) => {
      const from = fromNeck(before.points, point);
      const to = fromNeck(after.points, point);
      for (const axis of [0, 1] as const)
        gesture[step * GESTURE_DIMENSIONS + 2 * i + axis] =
          (from[axis] + share * (to[axis] - from[axis])) / shoulderWidth;
    });
  }
  return gesture;
}

/** A point relative to the middle of the shoulders, pixels. */
function fromNeck(points: Float32Array, point: number): readonly [number, number] {
  const [left, right] = SHOULDERS;
  return [
    points[3 * point]! - (points[3 * left]! + points[3 * right]!) / 2,
    points[3 * point + 1]! - (points[3 * left + 1]! + points[3 * right + 1]!) / 2,
  ];
}

function widthOf(points: Float32Array): number {
  const [left, right] = SHOULDERS;
  return Math.hypot(points[3 * left]! - points[3 * right]!, points[3 * left + 1]! - points[3 * right + 1]!);
}

function isSeen(points: Float32Array, point: number): boolean {
  return points.length === 3 * BODY.count && isPointSeen({ points }, point);
}
