import type { Picture } from '../../domain/frame.js';
import type { Box, PassiveScore } from '../../domain/observation.js';
import type { Model } from '../../ports/engine.js';
import { PASSIVE_SIZE, PassiveCrop, passiveRegion } from './passive-crop.js';

/** How many times the face box each network sees. */
const SCALE_V2 = 2.7;
const SCALE_V1SE = 4;
/** Of the three classes; 0 and 2 are kinds of attack, screens come out as 2. */
const LIVE = 1;
const DIMS = [1, 3, PASSIVE_SIZE, PASSIVE_SIZE] as const;

/**
 * MiniFASNetV2 and MiniFASNetV1SE: does the texture around a face look like a screen or paper (docs/networks.md 5.1)?
 * One call at a time: the buffers are reused.
 */
export class PassivePair {
  readonly #v2: Model;
  readonly #v1se: Model;
  readonly #crop = new PassiveCrop();

  constructor(v2: Model, v1se: Model) {
    this.#v2 = v2;
    this.#v1se = v1se;
  }

  /**
   * Probability of a live face by each network and by the mean of both. Undefined when there is nothing to crop or a
   * network gave no number: that is "not measured", never a score.
   * @param box of the face, pixels of the picture
   * @param by what the box is: the extent of the mesh, or the detector's box
   */
  async score(picture: Picture, box: Box, by: PassiveScore['box']): Promise<PassiveScore | undefined> {
    const { width, height } = picture;
    const narrow = passiveRegion(box, SCALE_V2, width, height);
    const wide = passiveRegion(box, SCALE_V1SE, width, height);
    if (narrow === undefined || wide === undefined) return undefined;
    this.#crop.run(picture, narrow);
    const v2 = await this.#live(this.#v2);
    if (v2 === undefined) return undefined;
    // A near face fills the picture for both.
    if (!isSame(narrow, wide)) this.#crop.run(picture, wide);
    const v1se = await this.#live(this.#v1se);
    if (v1se === undefined) return undefined;
    return { live: (v2 + v1se) / 2, v2, v1se, box: by };
  }

  async dispose(): Promise<void> {
    await this.#v2.dispose();
    await this.#v1se.dispose();
  }

  /** What a network makes of the crop at hand. */
  async #live(model: Model): Promise<number | undefined> {
    const outputs = await model.run({ [model.inputs[0]!]: { data: this.#crop.planes, dims: DIMS } });
    return probability(outputs[model.outputs[0]!]?.data, LIVE);
  }
}

function isSame(a: Box, b: Box): boolean {
  return a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
}

/** Softmax of three logits at one index; undefined unless all are finite. */
function probability(logits: ArrayLike<number> | undefined, index: number): number | undefined {
  if (logits === undefined || logits.length !== 3) return undefined;
  const values = Array.from(logits);
  if (!values.every(Number.isFinite)) return undefined;
  const largest = Math.max(...values);
  const powers = values.map((value) => Math.exp(value - largest));
  return powers[index]! / powers.reduce((sum, power) => sum + power, 0);
}
