import type { Picture } from '../../domain/frame.js';
import type { FivePoints } from '../../domain/observation.js';
import { unit } from '../../domain/vector.js';
import type { Model } from '../../ports/engine.js';
import { similarityBetween, warpToPlanes } from './warp.js';

const SIDE = 128;

/** Where the five points lie in the network's input: README of face-reidentification-retail-0095, times 128. */
const TEMPLATE: FivePoints = [
  { x: 40.393, y: 59.081 },
  { x: 87.376, y: 59.081 },
  { x: 64.034, y: 81.985 },
  { x: 44.732, y: 105.561 },
  { x: 83.64, y: 105.561 },
];

/** Open Model Zoo face-reidentification-retail-0095: five points and a picture → unit vector of 256 (docs/networks.md 4.3). */
export class Reid0095 {
  private readonly model: Model;
  private readonly planes = new Float32Array(3 * SIDE * SIDE);

  constructor(model: Model) {
    this.model = model;
  }

  /** Undefined when the points give no alignment or the network no direction. */
  async embed(picture: Picture, points: FivePoints): Promise<Float32Array | undefined> {
    const map = similarityBetween(points, TEMPLATE);
    if (map === undefined) return undefined;
    warpToPlanes(picture, map, SIDE, SIDE, this.planes);
    const outputs = await this.model.run({
      [this.model.inputs[0]!]: { data: this.planes, dims: [1, 3, SIDE, SIDE] },
    });
    return unit(outputs[this.model.outputs[0]!]!.data as Float32Array);
  }

  dispose(): Promise<void> {
    return this.model.dispose();
  }
}
