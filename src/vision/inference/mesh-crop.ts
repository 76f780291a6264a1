import type { Box, FaceMesh, FivePoints } from '../../domain/observation.js';

/** Which detector a box comes from: their boxes lie differently on a face. */
export type BoxDetector = 'yunet' | 'tiny';

/** The detector of a face pack. */
export function boxDetectorOf(packId: string): BoxDetector {
  return packId === 'core' ? 'tiny' : 'yunet';
}

/**
 * A square of the picture as the mesh network sees it; it may reach outside the picture. The point (u, v) of the square,
 * in pixels of the full frame, lies at (x + u·cos − v·sin, y + u·sin + v·cos) of it.
 */
export interface SquareCrop {
  /** The corner that becomes the top left one. */
  readonly x: number;
  readonly y: number;
  readonly side: number;
  /** How far the square is turned clockwise, radians; absent or 0: upright. */
  readonly angle?: number;
}

/** Sides of the square per longer side of the box. */
const BOX_SCALE = 1.4;
/** How far its centre lies below the box's, in longer sides of the box. */
const BOX_DOWN: Readonly<Record<BoxDetector, number>> = { yunet: 0.04, tiny: -0.05 };
/** Sides of the square per longer extent of the last mesh. */
const TRACK_SCALE = 1.5;
/**
 * Heads tilted by more than this, radians, are set upright. Without it the network's points go astray with the tilt, by
 * 0.05 eye distances at 25° and 0.3 at 45°, and a flat picture that is only turned in its plane by 35 to 45° passes the rule
 * for a turned head on up to 16 of 100 frames (ADR 0096).
 */
const UPRIGHT_WITHIN = 0.2;
/** Outer corners of the eyes: on the image's left, on the image's right. */
const EYE_LEFT = 3 * 33;
const EYE_RIGHT = 3 * 263;

/**
 * Where to look for the mesh of a face that a detector found (docs/networks.md 5.2). Undefined for a box without area.
 * @param points of the face; the square is upright without them
 */
export function meshCropOfBox(box: Box, detector: BoxDetector, points?: FivePoints): SquareCrop | undefined {
  const longer = Math.max(box.width, box.height);
  const angle =
    points === undefined ? 0 : beyondLimit(Math.atan2(points[1].y - points[0].y, points[1].x - points[0].x));
  // "Down" is the face's own.
  const down = BOX_DOWN[detector] * longer;
  const x = box.x + box.width / 2 - down * Math.sin(angle);
  const y = box.y + box.height / 2 + down * Math.cos(angle);
  return squareAround(x, y, BOX_SCALE * longer, angle);
}

/** Where to look for the mesh of a face whose mesh in the frame before is known (docs/networks.md 5.2). */
export function meshCropOfMesh({ points }: Pick<FaceMesh, 'points'>): SquareCrop | undefined {
  const angle = beyondLimit(meshTilt({ points }));
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const { x, y, width, height } = extentOf(points, cos, sin);
  const u = x + width / 2;
  const v = y + height / 2;
  return squareAround(u * cos - v * sin, u * sin + v * cos, TRACK_SCALE * Math.max(width, height), angle);
}

/** The smallest upright box around all points of a mesh; what the passive networks' crops are cut by. */
export function meshExtent({ points }: Pick<FaceMesh, 'points'>): Box {
  return extentOf(points, 1, 0);
}

/** Extent of the points along axes that are turned clockwise by an angle. */
function extentOf(points: Float32Array, cos: number, sin: number): Box {
  let left = Number.POSITIVE_INFINITY;
  let top = Number.POSITIVE_INFINITY;
  let right = Number.NEGATIVE_INFINITY;
  let bottom = Number.NEGATIVE_INFINITY;
  for (let i = 0; i + 2 < points.length; i += 3) {
    const u = points[i]! * cos + points[i + 1]! * sin;
    const v = points[i + 1]! * cos - points[i]! * sin;
    if (u < left) left = u;
    if (u > right) right = u;
    if (v < top) top = v;
    if (v > bottom) bottom = v;
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** Angle of the line between the eyes, radians clockwise. */
function meshTilt({ points }: Pick<FaceMesh, 'points'>): number {
  return Math.atan2(points[EYE_RIGHT + 1]! - points[EYE_LEFT + 1]!, points[EYE_RIGHT]! - points[EYE_LEFT]!);
}

/** The mesh shows that the head was not upright in the crop it was found in. */
export function wasTilted(mesh: Pick<FaceMesh, 'points'>, crop: SquareCrop): boolean {
  const difference = meshTilt(mesh) - (crop.angle ?? 0);
  return Math.abs(Math.atan2(Math.sin(difference), Math.cos(difference))) > UPRIGHT_WITHIN;
}

function beyondLimit(angle: number): number {
  return Math.abs(angle) > UPRIGHT_WITHIN ? angle : 0;
}

function squareAround(x: number, y: number, side: number, angle: number): SquareCrop | undefined {
  if (![x, y, side, angle].every(Number.isFinite) || !(side >= 1)) return undefined;
  const half = side / 2;
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  return { x: x - half * cos + half * sin, y: y - half * sin - half * cos, side, angle };
}
