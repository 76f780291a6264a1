import type { Picture } from '../../domain/frame.js';
import type { SquareCrop } from './mesh-crop.js';

/** Side of the mesh network's input. */
export const MESH_SIZE = 192;

/**
 * Resizes square crops to the mesh network's input: 192×192 RGB, 0–1, rows of pixels (NHWC); bilinear between the
 * corners of the crop, black outside the picture. The buffer is reused: the result of one call is overwritten by the
 * next.
 */
export class MeshCropper {
  readonly pixels = new Float32Array(MESH_SIZE * MESH_SIZE * 3);
  readonly #offset = new Int32Array(MESH_SIZE);
  readonly #near = new Float32Array(MESH_SIZE);
  readonly #far = new Float32Array(MESH_SIZE);

  /** Fills and returns `pixels`. */
  run(picture: Picture, crop: SquareCrop): Float32Array {
    const { angle = 0 } = crop;
    if (angle === 0) this.#upright(picture, crop);
    else this.#turned(picture, crop, angle);
    return this.pixels;
  }

  #upright(picture: Picture, crop: SquareCrop): void {
    const { bgr, width, height } = picture;
    const { pixels } = this;
    const stride = width * 3;
    const step = crop.side / (MESH_SIZE - 1);
    const offset = this.#offset;
    const near = this.#near;
    const far = this.#far;
    // A neighbour outside the picture has weight 0; the offset then stays at one inside, so that no read goes astray.
    for (let i = 0; i < MESH_SIZE; i++) {
      const position = crop.x + i * step;
      const lower = Math.floor(position);
      const fraction = position - lower;
      const at = Math.max(0, Math.min(lower, width - 2));
      near[i] = lower === at ? 1 - fraction : lower === at + 1 ? 0 : lower === at - 1 ? fraction : 0;
      far[i] = width < 2 ? 0 : lower === at ? fraction : lower === at + 1 ? 1 - fraction : 0;
      offset[i] = at * 3;
    }
    for (let y = 0, p = 0; y < MESH_SIZE; y++) {
      const position = crop.y + y * step;
      const lower = Math.floor(position);
      const fraction = position - lower;
      if (lower < -1 || lower >= height) {
        pixels.fill(0, p, p + MESH_SIZE * 3);
        p += MESH_SIZE * 3;
        continue;
      }
      const upperWeight = lower >= 0 ? (1 - fraction) / 255 : 0;
      const lowerWeight = lower + 1 < height ? fraction / 255 : 0;
      const upper = Math.max(lower, 0) * stride;
      const below = Math.min(lower + 1, height - 1) * stride;
      for (let x = 0; x < MESH_SIZE; x++, p += 3) {
        const a = upper + offset[x]!;
        const b = below + offset[x]!;
        const n = near[x]!;
        const f = far[x]!;
        pixels[p] =
          (n * bgr[a + 2]! + f * bgr[a + 5]!) * upperWeight + (n * bgr[b + 2]! + f * bgr[b + 5]!) * lowerWeight;
        pixels[p + 1] =
          (n * bgr[a + 1]! + f * bgr[a + 4]!) * upperWeight + (n * bgr[b + 1]! + f * bgr[b + 4]!) * lowerWeight;
        pixels[p + 2] = (n * bgr[a]! + f * bgr[a + 3]!) * upperWeight + (n * bgr[b]! + f * bgr[b + 3]!) * lowerWeight;
      }
    }
  }

  #turned(picture: Picture, crop: SquareCrop, angle: number): void {
    const { bgr, width, height } = picture;
    const { pixels } = this;
    const stride = width * 3;
    const step = crop.side / (MESH_SIZE - 1);
    const alongX = step * Math.cos(angle);
    const alongY = step * Math.sin(angle);
    for (let row = 0, p = 0; row < MESH_SIZE; row++) {
      for (let column = 0; column < MESH_SIZE; column++, p += 3) {
        const x = crop.x + column * alongX - row * alongY;
        const y = crop.y + column * alongY + row * alongX;
        const left = Math.floor(x);
        const top = Math.floor(y);
        let red = 0;
        let green = 0;
        let blue = 0;
        for (let tap = 0; tap < 4; tap++) {
          const xx = left + (tap & 1);
          const yy = top + (tap >> 1);
          if (xx < 0 || yy < 0 || xx >= width || yy >= height) continue;
          const weight = (1 - Math.abs(x - xx)) * (1 - Math.abs(y - yy));
          const q = yy * stride + xx * 3;
          blue += weight * bgr[q]!;
          green += weight * bgr[q + 1]!;
          red += weight * bgr[q + 2]!;
        }
        pixels[p] = red / 255;
        pixels[p + 1] = green / 255;
        pixels[p + 2] = blue / 255;
      }
    }
  }
}
