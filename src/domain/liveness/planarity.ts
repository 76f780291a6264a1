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

/**
 * How far the points have gone from one mesh to another: root of their mean squared way, in eye distances of the
 * reference. Turning, tilting, panning and zooming all count. Undefined where either mesh is not usable.
 */
export function meshMovement(reference: FaceMesh, moved: FaceMesh): number | undefined {
  if (!fill(reference, from) || !fill(moved, to)) return undefined;
  let sum = 0;
  for (let i = 0; i < from.length; i++) sum += (to[i]! - from[i]!) ** 2;
  const movement = Math.sqrt(sum / RIGID.length) / eyeDistance(reference);
  return Number.isFinite(movement) ? movement : undefined;
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
