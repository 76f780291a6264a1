import type { Picture } from '../../domain/frame.js';
import type { Point } from '../../domain/observation.js';

/** X = a·x − b·y + tx, Y = b·x + a·y + ty: rotation, uniform scale and shift, no reflection. */
export interface Similarity {
  readonly a: number;
  readonly b: number;
  readonly tx: number;
  readonly ty: number;
}

/** Least-squares similarity from point pairs (docs/networks.md 4.1), or undefined when all points coincide. */
export function similarityBetween(from: readonly Point[], to: readonly Point[]): Similarity | undefined {
  const n = from.length;
  let mx = 0;
  let my = 0;
  let ux = 0;
  let uy = 0;
  for (let i = 0; i < n; i++) {
    mx += from[i]!.x / n;
    my += from[i]!.y / n;
    ux += to[i]!.x / n;
    uy += to[i]!.y / n;
  }
  let along = 0;
  let across = 0;
  let spread = 0;
  for (let i = 0; i < n; i++) {
    const x = from[i]!.x - mx;
    const y = from[i]!.y - my;
    const X = to[i]!.x - ux;
    const Y = to[i]!.y - uy;
    along += x * X + y * Y;
    across += x * Y - y * X;
    spread += x * x + y * y;
  }
  const a = along / spread;
  const b = across / spread;
  if (!Number.isFinite(a) || !Number.isFinite(b) || a * a + b * b === 0) return undefined;
  return { a, b, tx: ux - a * mx + b * my, ty: uy - b * mx - a * my };
}

/** Weights are whole multiples of 1/ONE: integer products are twice as fast, and at most 0.002 grey levels off. */
const ONE = 1 << 18;
const PER_ONE = 1 / ONE;
const mul = Math.imul;

/**
 * Fills `out` (3 planes of width·height, plane order B, G, R, values 0–255) with the picture seen through the inverse of
 * the similarity; bilinear, black outside. For `out` of one plane use `warpLuma`.
 */
export function warpToPlanes(
  picture: Picture,
  map: Similarity,
  width: number,
  height: number,
  out: Float32Array,
): void {
  const scale = map.a * map.a + map.b * map.b;
  const ia = map.a / scale;
  const ib = map.b / scale;
  const { bgr, width: W, height: H } = picture;
  const plane = width * height;
  const stride = W * 3;
  for (let y = 0, p = 0; y < height; y++) {
    const Y = y - map.ty;
    for (let x = 0; x < width; x++, p++) {
      const X = x - map.tx;
      const sx = ia * X + ib * Y;
      const sy = ia * Y - ib * X;
      const x0 = Math.floor(sx);
      const y0 = Math.floor(sy);
      const fx = sx - x0;
      const fy = sy - y0;
      if (x0 >= 0 && y0 >= 0 && x0 < W - 1 && y0 < H - 1) {
        const q = y0 * stride + x0 * 3;
        const r = q + stride;
        const w11 = (fx * fy * ONE + 0.5) | 0;
        const w10 = ((fy * ONE + 0.5) | 0) - w11;
        const w01 = ((fx * ONE + 0.5) | 0) - w11;
        const w00 = ONE - w11 - w10 - w01;
        out[p] = (mul(w00, bgr[q]!) + mul(w01, bgr[q + 3]!) + mul(w10, bgr[r]!) + mul(w11, bgr[r + 3]!)) * PER_ONE;
        out[p + plane] =
          (mul(w00, bgr[q + 1]!) + mul(w01, bgr[q + 4]!) + mul(w10, bgr[r + 1]!) + mul(w11, bgr[r + 4]!)) * PER_ONE;
        out[p + 2 * plane] =
          (mul(w00, bgr[q + 2]!) + mul(w01, bgr[q + 5]!) + mul(w10, bgr[r + 2]!) + mul(w11, bgr[r + 5]!)) * PER_ONE;
      } else {
        let blue = 0;
        let green = 0;
        let red = 0;
        for (let tap = 0; tap < 4; tap++) {
          const xx = x0 + (tap & 1);
          const yy = y0 + (tap >> 1);
          if (xx < 0 || yy < 0 || xx >= W || yy >= H) continue;
          const weight = ((tap & 1) === 1 ? fx : 1 - fx) * (tap >> 1 === 1 ? fy : 1 - fy);
          const q = yy * stride + xx * 3;
          blue += weight * bgr[q]!;
          green += weight * bgr[q + 1]!;
          red += weight * bgr[q + 2]!;
        }
        out[p] = blue;
        out[p + plane] = green;
        out[p + 2 * plane] = red;
      }
    }
  }
}
