import type { Picture } from '../../domain/frame.js';
import type { Box, FaceMesh } from '../../domain/observation.js';

/** Side of the mesh network's input. */
export const MESH_SIZE = 192;

/** A square of the picture that may reach outside it; black there. */
export interface SquareCrop {
  /** Top left corner, pixels of the full frame. */
  readonly x: number;
  readonly y: number;
  readonly side: number;
}

/** Which detector a box comes from: their boxes lie differently on a face. */
export type BoxDetector = 'yunet' | 'tiny';

/** The detector of a face pack. */
export function boxDetectorOf(packId: string): BoxDetector {
  return packId === 'core' ? 'tiny' : 'yunet';
}

/** Sides of the square per longer side of the box. */
const BOX_SCALE = 1.4;
/** How far its centre lies below the box's, in longer sides of the box. */
const BOX_DOWN: Readonly<Record<BoxDetector, number>> = { yunet: 0.04, tiny: -0.05 };
/** Sides of the square per longer extent of the last mesh. */
const TRACK_SCALE = 1.5;

/** Where to look for the mesh of a face that a detector found (docs/networks.md 5.2). Undefined for a box without area. */
export function meshCropOfBox(box: Box, detector: BoxDetector): SquareCrop | undefined {
  const longer = Math.max(box.width, box.height);
  return squareAround(box.x + box.width / 2, box.y + box.height / 2 + BOX_DOWN[detector] * longer, BOX_SCALE * longer);
}

/** Where to look for the mesh of a face whose mesh in the frame before is known (docs/networks.md 5.2). */
export function meshCropOfMesh(mesh: Pick<FaceMesh, 'points'>): SquareCrop | undefined {
  const box = meshExtent(mesh);
  const longer = Math.max(box.width, box.height);
  return squareAround(box.x + box.width / 2, box.y + box.height / 2, TRACK_SCALE * longer);
}

/** The smallest box around all points of a mesh; what the passive networks' crops are cut by. */
export function meshExtent({ points }: Pick<FaceMesh, 'points'>): Box {
  let left = Number.POSITIVE_INFINITY;
  let top = Number.POSITIVE_INFINITY;
  let right = Number.NEGATIVE_INFINITY;
  let bottom = Number.NEGATIVE_INFINITY;
  for (let i = 0; i + 2 < points.length; i += 3) {
    const x = points[i]!;
    const y = points[i + 1]!;
    if (x < left) left = x;
    if (x > right) right = x;
    if (y < top) top = y;
    if (y > bottom) bottom = y;
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}

function squareAround(x: number, y: number, side: number): SquareCrop | undefined {
  if (!Number.isFinite(x) || !Number.isFinite(y) || !Number.isFinite(side) || !(side >= 1)) return undefined;
  return { x: x - side / 2, y: y - side / 2, side };
}

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
    return pixels;
  }
}
