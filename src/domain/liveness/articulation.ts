import type { BodyPose } from '../observation.js';
import { ARTICULATED_POINTS, articulatedBody } from './body-points.js';

/** An affine map is exact for three points, and the neck lies between the shoulders: fewer than five say nothing. */
const MIN_POINTS = 5;

/** How a body has moved since a reference; both in shoulder widths of the reference. */
export interface BodyMovement {
  /** Root mean squared distance from the best affine map: a picture moved as a whole is affine, a moving arm is not. */
  readonly articulation: number;
  /** Root mean squared way of the points. */
  readonly movement: number;
}

/**
 * Compares the points seen in both (neck, shoulders, elbows, wrists, middle of the hips). Undefined where shoulders, or
 * five points in all, are not seen in both: then nothing was measured.
 */
export function bodyMovement(reference: BodyPose, moved: BodyPose): BodyMovement | undefined {
  const a = articulatedBody(reference);
  const b = articulatedBody(moved);
  if (a === undefined || b === undefined) return undefined;
  const common: number[] = [];
  for (let i = 0; i < ARTICULATED_POINTS; i++) if (a.seen[i] && b.seen[i]) common.push(i);
  if (common.length < MIN_POINTS) return undefined;
  const squared = affineSquares(a.points, b.points, common);
  let way = 0;
  for (const i of common)
    way += (b.points[2 * i]! - a.points[2 * i]!) ** 2 + (b.points[2 * i + 1]! - a.points[2 * i + 1]!) ** 2;
  if (squared === undefined) return undefined;
  const articulation = Math.sqrt(squared / common.length) / a.shoulderWidth;
  const movement = Math.sqrt(way / common.length) / a.shoulderWidth;
  return Number.isFinite(articulation) && Number.isFinite(movement) ? { articulation, movement } : undefined;
}

/** Sum of the squared residuals of the least-squares affine map, both axes; undefined where the points lie in one line. */
function affineSquares(a: Float64Array, b: Float64Array, common: readonly number[]): number | undefined {
  const n = common.length;
  const mean = (points: Float64Array, axis: number): number =>
    common.reduce((sum, i) => sum + points[2 * i + axis]!, 0) / n;
  const [ax, ay, bx, by] = [mean(a, 0), mean(a, 1), mean(b, 0), mean(b, 1)];
  let [xx, xy, yy, xu, yu, xv, yv, uu, vv] = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  for (const i of common) {
    const x = a[2 * i]! - ax;
    const y = a[2 * i + 1]! - ay;
    const u = b[2 * i]! - bx;
    const v = b[2 * i + 1]! - by;
    xx += x * x;
    xy += x * y;
    yy += y * y;
    xu += x * u;
    yu += y * u;
    xv += x * v;
    yv += y * v;
    uu += u * u;
    vv += v * v;
  }
  const determinant = xx * yy - xy * xy;
  if (!(determinant > 1e-6 * (xx + yy) ** 2)) return undefined;
  const explained = (p: number, q: number): number => (yy * p * p - 2 * xy * p * q + xx * q * q) / determinant;
  return Math.max(0, uu - explained(xu, yu)) + Math.max(0, vv - explained(xv, yv));
}
