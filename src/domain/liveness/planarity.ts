import type { FaceMesh } from '../observation.js';
import { fitHomography, homographyResidual } from './homography.js';
import { LIPS, MESH, meshDistance } from './mesh-points.js';

/** Points that the rule compares: all but the lips. */
const RIGID: readonly number[] = Array.from({ length: MESH.count }, (_, i) => i).filter((i) => !LIPS.includes(i));
const from = new Float64Array(RIGID.length * 2);
const to = new Float64Array(RIGID.length * 2);
/** A turned face looks narrower; below this part of its frontal width the eyes' distance would blow up the residual. */
const MIN_EYE_DISTANCE = 0.6;

/**
 * How badly two views of a face fit one plane: the points of `reference` mapped by the best homography, their root mean
 * squared distance from those of `turned`, in eye distances (points 33 and 263; at least 0.6 of the reference's). A flat
 * picture maps exactly however it is tilted, panned or zoomed, up to the noise of the network; a head does not
 * (figures in docs/liveness.md). Undefined where either mesh is not whole or not finite.
 */
export function planarityResidual(reference: FaceMesh, turned: FaceMesh): number | undefined {
  if (!fill(reference, from) || !fill(turned, to)) return undefined;
  const h = fitHomography(from, to);
  if (h === undefined) return undefined;
  const unit = Math.max(eyeDistance(turned), MIN_EYE_DISTANCE * eyeDistance(reference));
  const residual = homographyResidual(h, from, to) / unit;
  return Number.isFinite(residual) ? residual : undefined;
}

/** A change of size by this factor's logarithm, or a tilt that narrows as much, counts as one eye distance of way. */
const DEFORMATION_PER_EYE_DISTANCE = 0.5;

/**
 * How far the face has moved from one mesh to another, in eye distances of the reference: the root of the mean squared
 * way of the points or, where that is more, how much the best homography stretches or narrows the face in any direction
 * (0.25 is an eighth, as by a tilt of 28°). Panning, zooming, tilting and turning all count. Undefined where either mesh
 * is not usable.
 */
export function meshMovement(reference: FaceMesh, moved: FaceMesh): number | undefined {
  if (!fill(reference, from) || !fill(moved, to)) return undefined;
  const h = fitHomography(from, to);
  if (h === undefined) return undefined;
  let sum = 0;
  let x = 0;
  let y = 0;
  for (let i = 0; i < from.length; i += 2) {
    sum += (to[i]! - from[i]!) ** 2 + (to[i + 1]! - from[i + 1]!) ** 2;
    x += from[i]!;
    y += from[i + 1]!;
  }
  const way = Math.sqrt(sum / RIGID.length) / eyeDistance(reference);
  const movement = Math.max(way, stretch(h, x / RIGID.length, y / RIGID.length) / DEFORMATION_PER_EYE_DISTANCE);
  return Number.isFinite(movement) ? movement : undefined;
}

/** Greatest logarithm of what the map does to lengths around a point; 0 where it only shifts and rotates. */
function stretch(h: Float64Array, x: number, y: number): number {
  const w = h[6]! * x + h[7]! * y + h[8]!;
  const u = (h[0]! * x + h[1]! * y + h[2]!) / w;
  const v = (h[3]! * x + h[4]! * y + h[5]!) / w;
  const [a, b] = [(h[0]! - h[6]! * u) / w, (h[1]! - h[7]! * u) / w];
  const [c, d] = [(h[3]! - h[6]! * v) / w, (h[4]! - h[7]! * v) / w];
  // Singular values of a 2 × 2 matrix.
  const plus = Math.hypot(a + d, b - c) / 2;
  const minus = Math.hypot(a - d, b + c) / 2;
  return Math.max(Math.abs(Math.log(plus + minus)), Math.abs(Math.log(Math.abs(plus - minus))));
}

function eyeDistance(mesh: FaceMesh): number {
  return meshDistance(mesh.points, MESH.eyeImageLeft.outer, MESH.eyeImageRight.outer);
}

function fill(mesh: FaceMesh, target: Float64Array): boolean {
  const { points } = mesh;
  if (points.length < MESH.count * 3) return false;
  for (let i = 0; i < RIGID.length; i++) {
    target[2 * i] = points[3 * RIGID[i]!]!;
    target[2 * i + 1] = points[3 * RIGID[i]! + 1]!;
  }
  return true;
}
