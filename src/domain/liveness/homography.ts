import { smallestEigenvector } from './jacobi.js';

/** Sums that need no memory per point: the four symmetric 3 × 3 blocks of the normal matrix. */
const plain = new Float64Array(6);
const timesX = new Float64Array(6);
const timesY = new Float64Array(6);
const timesSquare = new Float64Array(6);
const normal = new Float64Array(81);
/** Place of row r, column c of a symmetric 3 × 3 matrix among its six numbers. */
const SYMMETRIC = [0, 1, 2, 1, 3, 4, 2, 4, 5] as const;

/** Centre and scale of a set of points. */
interface Frame {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

/**
 * Homography that maps `from` to `to` best, by the normalised direct linear transformation (Hartley): each set centred
 * and scaled to a mean distance of √2, then the eigenvector of the smallest eigenvalue of the 9 × 9 normal matrix.
 * @param from x, y of each point, one after the other
 * @param to the same points in the other picture, as many
 * @returns nine numbers, row by row; undefined with fewer than four points, or where points or result are not usable
 */
export function fitHomography(from: Float64Array, to: Float64Array): Float64Array | undefined {
  const count = from.length >> 1;
  if (count < 4 || to.length !== from.length) return undefined;
  const a = frameOf(from);
  const b = frameOf(to);
  if (a === undefined || b === undefined) return undefined;
  plain.fill(0);
  timesX.fill(0);
  timesY.fill(0);
  timesSquare.fill(0);
  for (let i = 0; i < count; i++) {
    const x = (from[2 * i]! - a.x) * a.scale;
    const y = (from[2 * i + 1]! - a.y) * a.scale;
    const u = (to[2 * i]! - b.x) * b.scale;
    const v = (to[2 * i + 1]! - b.y) * b.scale;
    const square = u * u + v * v;
    addOuter(plain, x, y, 1);
    addOuter(timesX, x, y, u);
    addOuter(timesY, x, y, v);
    addOuter(timesSquare, x, y, square);
  }
  // Rows (−a, 0, u·a) and (0, −a, v·a) of every point, multiplied out.
  normal.fill(0);
  for (let r = 0; r < 3; r++) {
    for (let c = 0; c < 3; c++) {
      const k = SYMMETRIC[3 * r + c]!;
      normal[9 * r + c] = plain[k]!;
      normal[9 * (r + 3) + c + 3] = plain[k]!;
      normal[9 * r + c + 6] = -timesX[k]!;
      normal[9 * (r + 6) + c] = -timesX[k]!;
      normal[9 * (r + 3) + c + 6] = -timesY[k]!;
      normal[9 * (r + 6) + c + 3] = -timesY[k]!;
      normal[9 * (r + 6) + c + 6] = timesSquare[k]!;
    }
  }
  const h = smallestEigenvector(normal, 9);
  if (h === undefined) return undefined;
  const whole = unscaled(h, a, b);
  return whole.every(Number.isFinite) ? whole : undefined;
}

/** Root of the mean squared distance between the mapped points and the true ones, in the unit of `to`. */
export function homographyResidual(h: Float64Array, from: Float64Array, to: Float64Array): number {
  const count = from.length >> 1;
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const x = from[2 * i]!;
    const y = from[2 * i + 1]!;
    const w = h[6]! * x + h[7]! * y + h[8]!;
    const dx = (h[0]! * x + h[1]! * y + h[2]!) / w - to[2 * i]!;
    const dy = (h[3]! * x + h[4]! * y + h[5]!) / w - to[2 * i + 1]!;
    sum += dx * dx + dy * dy;
  }
  return Math.sqrt(sum / count);
}

function frameOf(points: Float64Array): Frame | undefined {
  const count = points.length >> 1;
  let x = 0;
  let y = 0;
  for (let i = 0; i < count; i++) {
    x += points[2 * i]!;
    y += points[2 * i + 1]!;
  }
  x /= count;
  y /= count;
  let distance = 0;
  for (let i = 0; i < count; i++) distance += Math.hypot(points[2 * i]! - x, points[2 * i + 1]! - y);
  distance /= count;
  // Written so that NaN is refused.
  return distance > 1e-9 && Number.isFinite(distance) ? { x, y, scale: Math.SQRT2 / distance } : undefined;
}

/** Adds weight · (x, y, 1)ᵀ(x, y, 1). */
function addOuter(sums: Float64Array, x: number, y: number, weight: number): void {
  const wx = weight * x;
  const wy = weight * y;
  sums[0]! += wx * x;
  sums[1]! += wx * y;
  sums[2]! += wx;
  sums[3]! += wy * y;
  sums[4]! += wy;
  sums[5]! += weight;
}

/** The map between the points as they came: out of the scaled frame of `to` after into that of `from`. */
function unscaled(h: Float64Array, a: Frame, b: Frame): Float64Array {
  const right = new Float64Array(9);
  for (let r = 0; r < 3; r++) {
    right[3 * r] = h[3 * r]! * a.scale;
    right[3 * r + 1] = h[3 * r + 1]! * a.scale;
    right[3 * r + 2] = h[3 * r + 2]! - a.scale * (h[3 * r]! * a.x + h[3 * r + 1]! * a.y);
  }
  const out = new Float64Array(9);
  for (let c = 0; c < 3; c++) {
    out[c] = right[c]! / b.scale + b.x * right[6 + c]!;
    out[3 + c] = right[3 + c]! / b.scale + b.y * right[6 + c]!;
    out[6 + c] = right[6 + c]!;
  }
  return out;
}
