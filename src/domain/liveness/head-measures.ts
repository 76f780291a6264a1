import type { FaceMesh } from '../observation.js';
import { MESH, meshDistance } from './mesh-points.js';

/**
 * Measures of one head by its mesh; formulas in docs/liveness.md. Left and right are the person's own, in a picture that
 * is not mirrored; in a mirrored one they are exchanged (`watchAction` is told so).
 */
export interface HeadMeasures {
  /** Positive: turned to the person's left. */
  readonly yawDegrees: number;
  /** Positive: looking down. */
  readonly pitchDegrees: number;
  readonly rollDegrees: number;
  /** Offset of the nose along the line between the ears, in widths of the face. Positive: to the image's right. */
  readonly asymmetry: number;
  /** The same across that line. Positive: down. */
  readonly verticalAsymmetry: number;
  /** Height of the eyes' openings divided by their widths, mean of both. */
  readonly eyeOpening: number;
  /** Height of the mouth's opening divided by its width. */
  readonly mouthOpening: number;
  /** Pixels between the points 33 and 263. */
  readonly eyeDistancePx: number;
}

/** Depth counts one and a half times less than width in the calibration of the angles (docs/liveness.md). */
const ANGLE_SCALE = 1.5;
/** Side of the crop that z is measured in, pixels. */
const CROP_PX = 192;
const DEGREES = 180 / Math.PI;

/**
 * Angles, offsets of the nose, and openings of eyes and mouth of one mesh. Undefined where the mesh is not whole, holds
 * a number that is none, or has collapsed: such a mesh was not measured.
 */
export function headMeasures(mesh: FaceMesh): HeadMeasures | undefined {
  const { points: p, sidePx } = mesh;
  if (p.length < MESH.count * 3 || !(sidePx > 0)) return undefined;
  const yAxis = unit(between(p, sidePx, MESH.forehead, MESH.chin));
  const across = unit(between(p, sidePx, MESH.imageLeftSide, MESH.imageRightSide));
  const zAxis = unit(cross(across, yAxis));
  const xAxis = cross(yAxis, zAxis);
  const offset = noseOffset(p);
  const measures: HeadMeasures = {
    // The axis points to the image's left when the face turns to the image's right, which is the person's left.
    yawDegrees: -Math.atan2(zAxis[0], xAxis[0]) * DEGREES,
    pitchDegrees: Math.atan2(yAxis[2], yAxis[1]) * DEGREES,
    rollDegrees: -Math.atan2(yAxis[0], Math.hypot(xAxis[0], zAxis[0])) * DEGREES,
    asymmetry: offset.along,
    verticalAsymmetry: offset.across,
    eyeOpening: (opening(p, MESH.eyeImageLeft) + opening(p, MESH.eyeImageRight)) / 2,
    mouthOpening:
      meshDistance(p, MESH.mouth.upper, MESH.mouth.lower) / meshDistance(p, MESH.mouth.left, MESH.mouth.right),
    eyeDistancePx: meshDistance(p, MESH.eyeImageLeft.outer, MESH.eyeImageRight.outer),
  };
  return Object.values(measures).every(Number.isFinite) ? measures : undefined;
}

type Vector = readonly [number, number, number];

/** From one point to another in units of the crop, as the angles count them. */
function between(p: Float32Array, side: number, from: number, to: number): Vector {
  return [
    (ANGLE_SCALE * (p[3 * to]! - p[3 * from]!)) / side,
    (ANGLE_SCALE * (p[3 * to + 1]! - p[3 * from + 1]!)) / side,
    (p[3 * to + 2]! - p[3 * from + 2]!) / CROP_PX,
  ];
}

function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

/** Of length 1; not a number where there is no length, so that nothing is measured. */
function unit(v: Vector): Vector {
  const length = Math.hypot(v[0], v[1], v[2]);
  return [v[0] / length, v[1] / length, v[2] / length];
}

/** Place of the nose's tip along and across the line between the sides of the face, in widths of the face. */
function noseOffset(p: Float32Array): { along: number; across: number } {
  const l = 3 * MESH.imageLeftSide;
  const r = 3 * MESH.imageRightSide;
  const n = 3 * MESH.noseTip;
  const ux = p[r]! - p[l]!;
  const uy = p[r + 1]! - p[l + 1]!;
  const dx = p[n]! - (p[l]! + p[r]!) / 2;
  const dy = p[n + 1]! - (p[l + 1]! + p[r + 1]!) / 2;
  const squared = ux * ux + uy * uy;
  return { along: (dx * ux + dy * uy) / squared, across: (dy * ux - dx * uy) / squared };
}

/** Mean height of the opening of one eye divided by its width. */
function opening(p: Float32Array, eye: (typeof MESH)['eyeImageLeft' | 'eyeImageRight']): number {
  let sum = 0;
  for (const [upper, lower] of eye.lids) sum += meshDistance(p, upper, lower);
  return sum / eye.lids.length / meshDistance(p, eye.outer, eye.inner);
}
