import { VestibuleError } from '../../domain/errors.js';
import type { Picture } from '../../domain/frame.js';
import type { BodyPose } from '../../domain/observation.js';
import type { Model } from '../../ports/engine.js';
import { centredSquare, SquareResize } from './resize.js';

/** Side of the network's input. */
const SIZE = 192;
const POINTS = 17;
const DIMS = [1, SIZE, SIZE, 3] as const;

/**
 * MoveNet Lightning: 17 points of the body of one person in the whole picture (docs/networks.md 5.3). Points are not
 * smoothed: what smoothing hides is the movement that is looked for. One call at a time: the buffers are reused.
 */
export class MoveNet {
  readonly #model: Model;
  readonly #resize = new SquareResize(SIZE);
  readonly #pixels = new Int32Array(SIZE * SIZE * 3);

  constructor(model: Model) {
    this.#model = model;
  }

  /** Always 17 points, with scores that say how much each is worth; undefined when the network gave no numbers. Throws `engine_failed`. */
  async measure(picture: Picture): Promise<BodyPose | undefined> {
    const place = centredSquare({ x: 0, y: 0, width: picture.width, height: picture.height });
    const planes = this.#resize.run(picture, place);
    const pixels = this.#pixels;
    const plane = SIZE * SIZE;
    for (let i = 0, p = 0; i < plane; i++, p += 3) {
      pixels[p] = planes[i]! + 0.5;
      pixels[p + 1] = planes[i + plane]! + 0.5;
      pixels[p + 2] = planes[i + 2 * plane]! + 0.5;
    }
    const outputs = await this.#model.run({ [this.#model.inputs[0]!]: { data: pixels, dims: DIMS } });
    const raw = outputs[this.#model.outputs[0]!]?.data;
    if (raw?.length !== 3 * POINTS) throw new VestibuleError('engine_failed', 'MoveNet gave no 17 points');
    const points = new Float32Array(3 * POINTS);
    for (let i = 0; i < points.length; i += 3) {
      points[i] = raw[i + 1]! * place.side - place.left;
      points[i + 1] = raw[i]! * place.side - place.top;
      points[i + 2] = Math.min(Math.max(raw[i + 2]!, 0), 1);
    }
    return points.every(Number.isFinite) ? { points } : undefined;
  }

  dispose(): Promise<void> {
    return this.#model.dispose();
  }
}
