import type { Picture } from '../domain/frame.js';
import type { FaceObservation } from '../domain/observation.js';
import type { Clock } from '../ports/clock.js';
import type { FacePipeline } from '../ports/face-pack.js';
import type { MeasureWish } from '../ports/vision.js';
import type { Analysis } from './analysis.js';
import { FaceFinder, measurableFace } from './face-finder.js';
import { type MeasureOrder, Measurer } from './measure/measurer.js';
import { NetworksAtHand, type NetworksAtHandParts } from './measure/networks-at-hand.js';
import { measureScene } from './scene.js';

export interface AnalyserParts {
  readonly pipeline: FacePipeline;
  readonly clock: Pick<Clock, 'mono'>;
  /** Networks of what may be measured beyond faces; without them nothing is. */
  readonly measuring?: NetworksAtHandParts;
}

/** What the inference worker does with a picture, apart from threads and engines. One call at a time. */
export class Analyser {
  readonly #pipeline: FacePipeline;
  readonly #clock: Pick<Clock, 'mono'>;
  readonly #finder: FaceFinder;
  readonly #measurer: Measurer | undefined;
  readonly #networks: NetworksAtHand | undefined;

  constructor({ pipeline, clock, measuring }: AnalyserParts) {
    this.#pipeline = pipeline;
    this.#clock = clock;
    this.#finder = new FaceFinder(pipeline);
    if (measuring === undefined) return;
    const { trouble } = measuring;
    const networks = new NetworksAtHand(measuring);
    this.#networks = networks;
    this.#measurer = new Measurer({ finder: this.#finder, packId: pipeline.identity.id, networks, clock, trouble });
  }

  /** Loads in the background what will be wished for, so that the first measuring need not wait. */
  prepare(wish: MeasureWish): void {
    this.#networks?.wanted(wish);
  }

  /**
   * A frame of the camera: the largest face is embedded when it is near enough and no second one stands beside it.
   * @param order what is measured further, where anything is; then every second frame is embedded
   */
  async live(picture: Picture, order?: MeasureOrder): Promise<Analysis> {
    if (order !== undefined && this.#measurer !== undefined) return this.#measurer.analyse(picture, order);
    const started = this.#clock.mono();
    const faces = await this.#finder.find(picture);
    const detected = this.#clock.mono();
    const face = measurableFace(faces);
    const result = face === undefined ? faces : [await this.#finder.embedded(picture, face), ...faces.slice(1)];
    return this.#analysis(picture, result, started, detected);
  }

  /** A photograph: every face is embedded; nothing is remembered for the next picture. */
  async still(picture: Picture): Promise<Analysis> {
    const started = this.#clock.mono();
    const { faces } = await this.#pipeline.detect(picture);
    const detected = this.#clock.mono();
    const result: FaceObservation[] = [];
    for (const face of faces) result.push(await this.#finder.embedded(picture, face));
    return this.#analysis(picture, result, started, detected);
  }

  #analysis(picture: Picture, faces: readonly FaceObservation[], started: number, detected: number): Analysis {
    const timings = { detectMs: detected - started, embedMs: this.#clock.mono() - detected };
    return { faces, scene: measureScene(picture), timings };
  }
}
