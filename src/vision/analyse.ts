import type { Picture } from '../domain/frame.js';
import type { FaceObservation, SceneObservation, VisionTimings } from '../domain/observation.js';
import type { Clock } from '../ports/clock.js';
import type { DetectHint, FacePipeline } from '../ports/face-pack.js';
import { measureScene } from './scene.js';

/** Below this distance between the eyes no useful embedding can be made, pixels. */
const LEAST_EYE_DISTANCE_PX = 24;
/** A second face of at least this part of the largest one's height means that several people stand there. */
const SECOND_FACE_RATIO = 0.5;

export interface Analysis {
  /** Largest first. */
  readonly faces: readonly FaceObservation[];
  readonly scene: SceneObservation;
  readonly timings: Pick<VisionTimings, 'detectMs' | 'embedMs'>;
}

/** What the inference worker does with a picture, apart from threads and engines. */
export class Analyser {
  readonly #pipeline: FacePipeline;
  readonly #clock: Pick<Clock, 'mono'>;
  #hint: DetectHint = {};

  constructor(ports: { readonly pipeline: FacePipeline; readonly clock: Pick<Clock, 'mono'> }) {
    this.#pipeline = ports.pipeline;
    this.#clock = ports.clock;
  }

  /** A frame of the camera: the largest face is embedded when it is near enough and no second one stands beside it. */
  async live(picture: Picture): Promise<Analysis> {
    const started = this.#clock.mono();
    const { faces, hint } = await this.#pipeline.detect(picture, this.#hint);
    this.#hint = hint === undefined ? {} : { last: hint };
    const detected = this.#clock.mono();
    const [first, second] = faces;
    const alone = first !== undefined && !(second && second.box.height >= SECOND_FACE_RATIO * first.box.height);
    const result =
      alone && first.quality.eyeDistancePx >= LEAST_EYE_DISTANCE_PX
        ? [await this.#embedded(picture, first), ...faces.slice(1)]
        : faces;
    return this.#analysis(picture, result, started, detected);
  }

  /** A photograph: every face is embedded; nothing is remembered for the next picture. */
  async still(picture: Picture): Promise<Analysis> {
    const started = this.#clock.mono();
    const { faces } = await this.#pipeline.detect(picture);
    const detected = this.#clock.mono();
    const result: FaceObservation[] = [];
    for (const face of faces) result.push(await this.#embedded(picture, face));
    return this.#analysis(picture, result, started, detected);
  }

  async #embedded(picture: Picture, face: FaceObservation): Promise<FaceObservation> {
    const embedding = await this.#pipeline.embed(picture, face);
    return embedding === undefined ? face : { ...face, embedding };
  }

  #analysis(picture: Picture, faces: readonly FaceObservation[], started: number, detected: number): Analysis {
    const timings = { detectMs: detected - started, embedMs: this.#clock.mono() - detected };
    return { faces, scene: measureScene(picture), timings };
  }
}
