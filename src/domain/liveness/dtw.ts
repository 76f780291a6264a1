/** Steps that every gesture is resampled to. */
export const GESTURE_STEPS = 40;
/** A step is compared with steps at most this far from it, in either direction. */
export const DTW_BAND = 6;

/**
 * Distance of two movements by dynamic time warping (Sakoe and Chiba, 1978): the least sum of Euclidean distances along a
 * path of steps that advances one or both movements, divided by the number of steps. Cost of a step is in the unit of
 * the coordinates.
 * @param a, b steps × dims values each, step by step, both of the same length
 * @param band steps that the path may stray from the diagonal
 * @returns NaN when a value is no number, or the lengths do not fit
 */
export function dtwDistance(a: Float32Array, b: Float32Array, dims: number, band = DTW_BAND): number {
  const steps = a.length / dims;
  if (a.length !== b.length || steps < 1 || !Number.isInteger(steps)) return Number.NaN;
  // Infinity swallows a number that is none in Math.min only by chance: it is looked for at first.
  if (!a.every(Number.isFinite) || !b.every(Number.isFinite)) return Number.NaN;
  let former = new Float64Array(steps + 1).fill(Number.POSITIVE_INFINITY);
  let row = new Float64Array(steps + 1);
  former[0] = 0;
  for (let i = 1; i <= steps; i++) {
    row.fill(Number.POSITIVE_INFINITY);
    const last = Math.min(steps, i + band);
    for (let j = Math.max(1, i - band); j <= last; j++)
      row[j] = stepCost(a, i - 1, b, j - 1, dims) + Math.min(former[j]!, row[j - 1]!, former[j - 1]!);
    [former, row] = [row, former];
  }
  return former[steps]! / steps;
}

function stepCost(a: Float32Array, i: number, b: Float32Array, j: number, dims: number): number {
  let sum = 0;
  for (let d = 0; d < dims; d++) sum += (a[i * dims + d]! - b[j * dims + d]!) ** 2;
  return Math.sqrt(sum);
}
