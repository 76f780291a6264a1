import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EngineOnnx } from '../../../src/adapters/engine-onnx.js';
import type { Model } from '../../../src/ports/engine.js';
import type { FacePipeline } from '../../../src/ports/face-pack.js';
import { loadFacePipeline } from '../../../src/vision/inference/load-pipeline.js';
import { PASSIVE_SIZE, PassiveCrop, passiveRegion } from '../../../src/vision/inference/passive-crop.js';
import { hasOpenPack, type ModelsDirectory, modelsDirectory } from '../../packs/models-directory.js';
import { clipFile, clipsPresent } from '../../support/clips.js';
import { clipPictures } from '../../support/face-meshes.js';
import { seeded } from '../../support/seeded.js';

const DIMS = [1, 3, PASSIVE_SIZE, PASSIVE_SIZE];
const VALUES = 3 * PASSIVE_SIZE * PASSIVE_SIZE;
/** Of a probability; both networks add the same numbers up in another order. */
const MOST_APART = 1e-4;
const NETWORKS = [
  { published: 'MiniFASNetV2.onnx', built: 'minifasnet-v2-blocked.onnx', scale: 2.7 },
  { published: 'MiniFASNetV1SE.onnx', built: 'minifasnet-v1se-blocked.onnx', scale: 4 },
] as const;

describe.skipIf(!hasOpenPack)('the built passive networks (need ../shared/models/open)', () => {
  let models: ModelsDirectory;
  let pipeline: FacePipeline;
  const pairs: { readonly published: Model; readonly built: Model; readonly scale: number }[] = [];
  beforeAll(async () => {
    models = await modelsDirectory(['open']);
    const engine = await EngineOnnx.load();
    pipeline = await loadFacePipeline(engine, models.path, 'open', { detectSize: 320 });
    for (const { published, built, scale } of NETWORKS) {
      const load = (file: string): Promise<Model> => engine.load(join(models.path, 'open', file));
      pairs.push({ published: await load(published), built: await load(built), scale });
    }
  });
  afterAll(async () => {
    for (const { published, built } of pairs) {
      await published.dispose();
      await built.dispose();
    }
    await pipeline?.dispose();
    await models?.remove();
  });

  /** Largest difference of one of the three probabilities between the published and the built network. */
  async function apart(pair: (typeof pairs)[number], data: Float32Array): Promise<number> {
    const [published, built] = await Promise.all([pair.published, pair.built].map((model) => softmax(model, data)));
    return Math.max(...published!.map((value, i) => Math.abs(value - built![i]!)));
  }

  it('agree with the published ones on noise, on flat colours, on gradients and on values out of range', async () => {
    const random = seeded(7);
    const inputs: Float32Array[] = [];
    for (const level of [0, 1, 64, 127.5, 255]) inputs.push(new Float32Array(VALUES).fill(level));
    for (let n = 0; n < 60; n++) inputs.push(Float32Array.from({ length: VALUES }, () => random() * 255));
    for (let n = 1; n <= 20; n++)
      inputs.push(Float32Array.from({ length: VALUES }, (_, i) => ((i * n * 7919) % 25_500) / 100));
    for (let n = 0; n < 5; n++) inputs.push(Float32Array.from({ length: VALUES }, () => random() * 2000 - 1000));
    for (const pair of pairs) for (const data of inputs) expect(await apart(pair, data)).toBeLessThan(MOST_APART);
  });

  it.skipIf(!clipsPresent())('agree with the published ones on the recorded clips', async () => {
    const crop = new PassiveCrop();
    let compared = 0;
    for (const clip of ['tran_real', 'wolf_2', 'tran_fake', 'wolf_1']) {
      for (const picture of clipPictures(clipFile(`${clip}.mp4`), 3)) {
        const face = (await pipeline.detect(picture)).faces[0];
        if (face === undefined) continue;
        for (const pair of pairs) {
          const region = passiveRegion(face.box, pair.scale, picture.width, picture.height)!;
          expect(await apart(pair, crop.run(picture, region))).toBeLessThan(MOST_APART);
          compared++;
        }
      }
    }
    expect(compared).toBeGreaterThan(250);
  });
});

async function softmax(model: Model, data: Float32Array): Promise<number[]> {
  const outputs = await model.run({ [model.inputs[0]!]: { data, dims: DIMS } });
  const logits = Array.from(outputs[model.outputs[0]!]!.data);
  expect(logits).toHaveLength(3);
  const powers = logits.map((value) => Math.exp(value - Math.max(...logits)));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
