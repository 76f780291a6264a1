import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EngineOnnx } from '../../../src/adapters/engine-onnx.js';
import type { FacePipeline } from '../../../src/ports/face-pack.js';
import { loadFacePipeline } from '../../../src/vision/inference/load-pipeline.js';
import type { PassivePair } from '../../../src/vision/inference/passive-pair.js';
import { MeasureNetworkLoader } from '../../../src/vision/measure/networks.js';
import { hasOpenPack, type ModelsDirectory, modelsDirectory } from '../../packs/models-directory.js';
import { clipFile, clipsPresent } from '../../support/clips.js';
import { clipPictures } from '../../support/face-meshes.js';

const missing =
  clipsPresent() && hasOpenPack ? '' : ' (skipped: ../shared/data/liveness or ../shared/models is missing)';

/** Pictures of which the pair gives at least this are accepted. */
const LIVE_FROM = 0.5;
const FPS = 5;
/**
 * Accepted pictures at ten a second, with another detector size and another decoder: 175 of 207, 44 of 44, 0 of 209,
 * 0 of 57. The refused ones of `tran_real` are turned and lowered heads.
 */
const CLIPS = [
  { clip: 'tran_real', pictures: 104, accepted: [82, 93] },
  { clip: 'wolf_2', pictures: 22, accepted: [22, 22] },
  { clip: 'tran_fake', pictures: 106, accepted: [0, 0] },
  { clip: 'wolf_1', pictures: 28, accepted: [0, 0] },
] as const;

describe.skipIf(missing !== '')(`the passive pair on recorded clips, five pictures a second${missing}`, () => {
  let models: ModelsDirectory;
  let pipeline: FacePipeline;
  let loader: MeasureNetworkLoader;
  let pair: PassivePair;
  beforeAll(async () => {
    models = await modelsDirectory(['open']);
    const engine = await EngineOnnx.load();
    pipeline = await loadFacePipeline(engine, models.path, 'open', { detectSize: 320 });
    loader = new MeasureNetworkLoader({
      modelsDirectory: models.path,
      onnx: async () => engine,
      tfjs: () => Promise.reject(new Error('The passive pair needs no TensorFlow.')),
      onFault: (_network, fault) => {
        throw fault;
      },
    });
    pair = (await loader.passive())!;
  });
  afterAll(async () => {
    await loader.dispose();
    await pipeline.dispose();
    await models.remove();
  });

  it.each(CLIPS)('$clip', async ({ clip, pictures, accepted: [least, most] }) => {
    const scores: number[] = [];
    for (const picture of clipPictures(clipFile(`${clip}.mp4`), FPS)) {
      const face = (await pipeline.detect(picture)).faces[0];
      const score = face && (await pair.score(picture, face.box, 'detector'));
      if (score !== undefined) scores.push(score.live);
    }
    expect(Math.abs(scores.length - pictures)).toBeLessThanOrEqual(2);
    const accepted = scores.filter((live) => live >= LIVE_FROM).length;
    expect(accepted).toBeGreaterThanOrEqual(least);
    expect(accepted).toBeLessThanOrEqual(most);
  });
});
