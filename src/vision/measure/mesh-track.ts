import type { Picture } from '../../domain/frame.js';
import type { Box, FaceMesh, FaceObservation, FivePoints, Point } from '../../domain/observation.js';
import { measureFace } from '../inference/face-quality.js';
import { meshExtent } from '../inference/mesh-crop.js';

/** Searches in a row, one every second frame, that need not find the face: the detector loses strongly turned heads. */
const UNSEEN_MAX = 5;
/** Outer and inner corner of the eye on the image's left, of the one on the right, nose tip, mouth corners. */
const EYE_LEFT = [33, 133] as const;
const EYE_RIGHT = [263, 362] as const;
const NOSE = [4] as const;
const MOUTH_LEFT = [61] as const;
const MOUTH_RIGHT = [291] as const;

/** A face that the detector found once and whose mesh has been followed since. */
export class MeshTrack {
  /** As the detector found it last. */
  readonly #found: FaceObservation;
  readonly #foundExtent: Box;
  readonly #foundPoints: FivePoints;
  #mesh: FaceMesh;
  #unseen = 0;

  constructor(found: FaceObservation, mesh: FaceMesh) {
    this.#found = found;
    this.#foundExtent = meshExtent(mesh);
    this.#foundPoints = fivePointsOf(mesh);
    this.#mesh = mesh;
  }

  /** The newest mesh. */
  get mesh(): FaceMesh {
    return this.#mesh;
  }

  /** The detector has missed the face too often for the mesh to be believed further. */
  get stale(): boolean {
    return this.#unseen >= UNSEEN_MAX;
  }

  /** The detector ran and did not find the face. */
  missed(): void {
    this.#unseen += 1;
  }

  /**
   * The face as the detector would have found it in this picture: its box and points moved and stretched with the mesh,
   * so that whoever follows faces sees no jump between frames with and without the detector.
   */
  follow(picture: Picture, mesh: FaceMesh): FaceObservation {
    this.#mesh = mesh;
    const from = this.#foundExtent;
    const to = meshExtent(mesh);
    const scaleX = to.width / from.width;
    const scaleY = to.height / from.height;
    const { box: found, points: foundPoints } = this.#found;
    const box = {
      x: to.x + (found.x - from.x) * scaleX,
      y: to.y + (found.y - from.y) * scaleY,
      width: found.width * scaleX,
      height: found.height * scaleY,
    };
    const now = fivePointsOf(mesh);
    const moved = (i: 0 | 1 | 2 | 3 | 4): Point => ({
      x: now[i].x + (foundPoints[i].x - this.#foundPoints[i].x) * scaleX,
      y: now[i].y + (foundPoints[i].y - this.#foundPoints[i].y) * scaleY,
    });
    const points: FivePoints = [moved(0), moved(1), moved(2), moved(3), moved(4)];
    return { box, points, score: mesh.score, quality: measureFace(picture, box, points), mesh };
  }
}

/** Whether a mesh lies on the face of a box: the middle of its extent is inside. */
export function liesOn(mesh: FaceMesh, box: Box): boolean {
  const extent = meshExtent(mesh);
  const x = extent.x + extent.width / 2;
  const y = extent.y + extent.height / 2;
  return x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;
}

/** Five points of a face from its mesh; near those of a detector, not equal (docs/liveness.md). */
function fivePointsOf(mesh: FaceMesh): FivePoints {
  const { points } = mesh;
  return [
    middle(points, EYE_LEFT),
    middle(points, EYE_RIGHT),
    middle(points, NOSE),
    middle(points, MOUTH_LEFT),
    middle(points, MOUTH_RIGHT),
  ];
}

function middle(points: Float32Array, indices: readonly number[]): Point {
  let x = 0;
  let y = 0;
  for (const i of indices) {
    x += points[3 * i]!;
    y += points[3 * i + 1]!;
  }
  return { x: x / indices.length, y: y / indices.length };
}
