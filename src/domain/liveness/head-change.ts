import type { FaceMesh } from '../observation.js';
import type { Neutral } from './action-progress.js';
import { headMeasures } from './head-measures.js';
import { meshMovement, planarityResidual } from './planarity.js';

/** How a head differs from the head at rest. Signs are those of a picture that is not mirrored. */
export interface HeadChange {
  /** Positive: turned to the person's left. */
  readonly yawDegrees: number;
  /** Positive: nose to the image's right. */
  readonly asymmetry: number;
  /** Positive: down. */
  readonly verticalAsymmetry: number;
  /** Opening of the eyes now divided by that at rest. */
  readonly eyeRatio: number;
  readonly mouthOpening: number;
  /** See planarityResidual. */
  readonly residual: number;
  /** See meshMovement. */
  readonly movement: number;
}

/** Undefined where anything of it cannot be measured. */
export function headChange(neutral: Neutral, mesh: FaceMesh): HeadChange | undefined {
  if (neutral.head === undefined || neutral.mesh === undefined) return undefined;
  const now = headMeasures(mesh);
  const residual = planarityResidual(neutral.mesh, mesh);
  const movement = meshMovement(neutral.mesh, mesh);
  if (now === undefined || residual === undefined || movement === undefined) return undefined;
  const rest = neutral.head;
  const change: HeadChange = {
    yawDegrees: now.yawDegrees - rest.yawDegrees,
    asymmetry: now.asymmetry - rest.asymmetry,
    verticalAsymmetry: now.verticalAsymmetry - rest.verticalAsymmetry,
    eyeRatio: now.eyeOpening / rest.eyeOpening,
    mouthOpening: now.mouthOpening - rest.mouthOpening,
    residual,
    movement,
  };
  return Object.values(change).every(Number.isFinite) ? change : undefined;
}
