import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EngineOnnx } from '../../../src/adapters/engine-onnx.js';
import { goldenInput, hasOpenPack, type ModelsDirectory, modelsDirectory } from '../../packs/models-directory.js';

/** First output values and sum for x[i] = (i · 7919) mod 255, from an independent conversion of the same weights. */
const GOLDEN = [
  {
    file: 'core/tiny-face-detector.onnx',
    dims: [1, 3, 320, 320],
    out: [1, 25, 10, 10],
    sum: -8055.33,
    first: [0.182354, -0.139813, -0.153163, -0.24831],
  },
  {
    file: 'core/face-landmarks-68.onnx',
    dims: [1, 3, 112, 112],
    out: [1, 136],
    sum: 72.22897,
    first: [0.385265, 0.488703, 0.497516, 0.530674],
  },
  {
    file: 'core/dlib-resnet-v1.onnx',
    dims: [1, 3, 150, 150],
    out: [1, 128],
    sum: -0.48168,
    first: [-0.0929094, 0.0815812, 0.109567, 0.0154978],
  },
  {
    file: 'open/yunet-2023mar-any-size.onnx',
    output: 'cls_8',
    dims: [1, 3, 256, 320],
    out: [1, 1280, 1],
    sum: 1044.85,
    first: [0.599634, 0.617132, 0.607987, 0.607387],
  },
  {
    file: 'open/face-reidentification-retail-0095.onnx',
    dims: [1, 3, 128, 128],
    out: [1, 256, 1, 1],
    sum: -7.80503,
    first: [0.595703, 0.171589, -0.53748, -0.195177],
  },
  { file: 'open/MiniFASNetV2.onnx', dims: [1, 3, 80, 80], out: [1, 3], first: [-0.777632, 0.332667, 0.444376] },
  { file: 'open/MiniFASNetV1SE.onnx', dims: [1, 3, 80, 80], out: [1, 3], first: [-1.29621, 1.83701, -0.541598] },
  {
    file: 'open/minifasnet-v2-blocked.onnx',
    dims: [1, 3, 80, 80],
    out: [1, 3],
    first: [-0.777632, 0.332667, 0.444376],
  },
  {
    file: 'open/minifasnet-v1se-blocked.onnx',
    dims: [1, 3, 80, 80],
    out: [1, 3],
    first: [-1.29621, 1.83701, -0.541598],
  },
] as const;

let models: ModelsDirectory;
beforeAll(async () => {
  models = await modelsDirectory(hasOpenPack ? ['core', 'open'] : ['core']);
});
afterAll(() => models.remove());

describe('networks give known values for a known input', () => {
  for (const golden of GOLDEN) {
    it.skipIf(!hasOpenPack && golden.file.startsWith('open/'))(golden.file, async () => {
      const model = await (await EngineOnnx.load()).load(join(models.path, golden.file));
      const dims = [...golden.dims];
      const outputs = await model.run({ [model.inputs[0]!]: { data: goldenInput(dims), dims } });
      const output = outputs['output' in golden ? golden.output : model.outputs[0]!]!;
      expect(output.dims).toEqual(golden.out);
      golden.first.forEach((value, i) => {
        expect(output.data[i]).toBeCloseTo(value, 4);
      });
      if ('sum' in golden) {
        const sum = Array.from(output.data).reduce((a, b) => a + b, 0);
        expect(Math.abs(sum - golden.sum)).toBeLessThan(1e-5 * Math.max(1, Math.abs(golden.sum)));
      }
      await model.dispose();
    });
  }
});
