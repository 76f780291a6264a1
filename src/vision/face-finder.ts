import type { Picture } from '../domain/frame.js';
import type { FaceObservation } from '../domain/observation.js';
import type { DetectHint, FacePipeline } from '../ports/face-pack.js';

/** Below this distance between the eyes no useful embedding can be made, pixels. */
const LEAST_EYE_DISTANCE_PX = 24;
/** A second face of at least this part of the largest one's height means that several people stand there. */
const SECOND_FACE_RATIO = 0.5;

/** Several people of comparable size stand before the camera: nothing is measured of anybody. */
export function severalStandThere([first, second]: readonly FaceObservation[]): boolean {
  return first !== undefined && second !== undefined && second.box.height >= SECOND_FACE_RATIO * first.box.height;
}

/** The face that may be measured: the largest one, when it is near enough and nobody stands beside it. */
export function measurableFace(faces: readonly FaceObservation[]): FaceObservation | undefined {
  const [first] = faces;
  if (first === undefined || severalStandThere(faces)) return undefined;
  return first.quality.eyeDistancePx >= LEAST_EYE_DISTANCE_PX ? first : undefined;
}

/** Finds faces in one frame after the other; what the pack learnt from the last frame helps it with the next. */
export class FaceFinder {
  readonly #pipeline: FacePipeline;
  #hint: DetectHint = {};

  constructor(pipeline: FacePipeline) {
    this.#pipeline = pipeline;
  }

  /** Largest first, without embedding. */
  async find(picture: Picture): Promise<readonly FaceObservation[]> {
    const { faces, hint } = await this.#pipeline.detect(picture, this.#hint);
    this.#hint = hint === undefined ? {} : { last: hint };
    return faces;
  }

  /** The face with its embedding, or as it is where there is none to be had. */
  async embedded(picture: Picture, face: FaceObservation): Promise<FaceObservation> {
    const embedding = await this.#pipeline.embed(picture, face);
    return embedding === undefined ? face : { ...face, embedding };
  }
}
