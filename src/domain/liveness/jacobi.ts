const MAX_SWEEPS = 40;

/**
 * Eigenvector of the smallest eigenvalue of a symmetric matrix, by cyclic Jacobi rotations: slower than inverse iteration
 * and right also where two eigenvalues are almost equal, as with points of a plane. 9 × 9 takes some 10 µs.
 * @param matrix row by row; it is used up
 * @returns of length 1; undefined where the matrix holds a number that is none, or does not settle
 */
export function smallestEigenvector(matrix: Float64Array, size: number): Float64Array | undefined {
  const vectors = new Float64Array(size * size);
  for (let i = 0; i < size; i++) vectors[i * size + i] = 1;
  let total = 0;
  for (const value of matrix) total += value * value;
  if (!Number.isFinite(total)) return undefined;
  const enough = total * 1e-30;
  let settled = false;
  for (let sweep = 0; sweep < MAX_SWEEPS && !settled; sweep++) {
    let off = 0;
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) {
        off += matrix[p * size + q]! ** 2;
        rotate(matrix, vectors, size, p, q);
      }
    }
    settled = off <= enough;
  }
  if (!settled) return undefined;
  let best = 0;
  for (let i = 1; i < size; i++) if (matrix[i * size + i]! < matrix[best * size + best]!) best = i;
  const vector = new Float64Array(size);
  for (let i = 0; i < size; i++) vector[i] = vectors[i * size + best]!;
  return vector;
}

/** One rotation that makes the element at row p, column q zero. */
function rotate(m: Float64Array, vectors: Float64Array, n: number, p: number, q: number): void {
  const apq = m[p * n + q]!;
  if (apq === 0) return;
  const theta = (m[q * n + q]! - m[p * n + p]!) / (2 * apq);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let k = 0; k < n; k++) {
    const kp = m[k * n + p]!;
    const kq = m[k * n + q]!;
    m[k * n + p] = c * kp - s * kq;
    m[k * n + q] = s * kp + c * kq;
  }
  for (let k = 0; k < n; k++) {
    const pk = m[p * n + k]!;
    const qk = m[q * n + k]!;
    m[p * n + k] = c * pk - s * qk;
    m[q * n + k] = s * pk + c * qk;
    const vp = vectors[k * n + p]!;
    const vq = vectors[k * n + q]!;
    vectors[k * n + p] = c * vp - s * vq;
    vectors[k * n + q] = s * vp + c * vq;
  }
}
