import { describe, expect, it } from 'vitest';
import type { Picture } from '../../../src/domain/frame.js';
import type { Model, Tensor } from '../../../src/ports/engine.js';
import { PassivePair } from '../../../src/vision/inference/passive-pair.js';

/** A network that gives these three logits and keeps what it was fed. */
function networkOf(...logits: number[]): Model & { readonly fed: Tensor[]; disposed: boolean } {
  const fed: Tensor[] = [];
  return {
    inputs: ['in'],
    outputs: ['out'],
    fed,
    disposed: false,
    async run({ in: input }) {
      fed.push({ data: input!.data.slice(), dims: input!.dims });
      return { out: { data: Float32Array.from(logits), dims: [1, logits.length] } };
    },
    async dispose() {
      this.disposed = true;
    },
  };
}

const picture: Picture = {
  width: 320,
  height: 240,
  bgr: new Uint8Array(320 * 240 * 3).map((_, i) => (Math.floor(i / 3) % 320) & 255),
};
const box = { x: 150, y: 100, width: 20, height: 30 };

describe('the passive pair', () => {
  it('takes the middle class for live and the mean of both networks', async () => {
    const pair = new PassivePair(networkOf(0, Math.log(8), 0), networkOf(Math.log(3), 0, 0));
    const score = (await pair.score(picture, box, 'mesh'))!;
    expect(score.v2).toBeCloseTo(0.8, 6);
    expect(score.v1se).toBeCloseTo(0.2, 6);
    expect(score.live).toBeCloseTo(0.5, 6);
    expect(score.box).toBe('mesh');
  });

  it('shows 2.7 face boxes to one network and 4 to the other', async () => {
    const v2 = networkOf(0, 0, 0);
    const v1se = networkOf(0, 0, 0);
    await new PassivePair(v2, v1se).score(picture, box, 'detector');
    expect(v2.fed[0]!.dims).toEqual([1, 3, 80, 80]);
    // The picture's value is its column: the crop's first and last columns say how wide it is.
    const width = ({ fed }: { readonly fed: Tensor[] }): number => fed[0]!.data[79]! - fed[0]!.data[0]!;
    expect(width(v2)).toBeCloseTo((2.7 * 20 * 79) / 80, 1);
    expect(width(v1se)).toBeCloseTo((4 * 20 * 79) / 80, 1);
  });

  it('has no score where a network gives no number, however sure the other is', async () => {
    const sure = networkOf(-9, 9, -9);
    for (const bad of [networkOf(Number.NaN, 1, 1), networkOf(0, Number.POSITIVE_INFINITY, 0), networkOf(0, 9)]) {
      expect(await new PassivePair(sure, bad).score(picture, box, 'mesh')).toBeUndefined();
      expect(await new PassivePair(bad, sure).score(picture, box, 'mesh')).toBeUndefined();
    }
  });

  it('has no score for a face without a place', async () => {
    const pair = new PassivePair(networkOf(-9, 9, -9), networkOf(-9, 9, -9));
    expect(await pair.score(picture, { ...box, width: 0 }, 'detector')).toBeUndefined();
    expect(await pair.score(picture, { ...box, x: Number.NaN }, 'detector')).toBeUndefined();
  });

  it('passes on a network that fails', async () => {
    const broken: Model = { ...networkOf(0, 0, 0), run: () => Promise.reject(new Error('out of memory')) };
    await expect(new PassivePair(networkOf(0, 0, 0), broken).score(picture, box, 'mesh')).rejects.toThrow('memory');
  });
});
