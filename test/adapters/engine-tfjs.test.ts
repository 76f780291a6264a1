import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EngineTfjs } from '../../src/adapters/engine-tfjs.js';
import { engineContract } from '../contracts/engine.js';
import { goldenInput } from '../packs/models-directory.js';

const require = createRequire(import.meta.url);
// The exports map of the package hides its models: they lie beside the folder of its main file.
const models = join(dirname(require.resolve('@vladmandic/human')), '..', 'models');
const DIMS = [1, 192, 192, 3];
const facemeshInput = () => ({ data: goldenInput(DIMS).map((v) => v / 255), dims: DIMS });

engineContract('tfjs-wasm', {
  create: () => EngineTfjs.wasm(),
  modelFile: () => join(models, 'facemesh.json'),
  input: facemeshInput,
  namePattern: /^tfjs-wasm 4\.22\.0$/,
});

describe('engine-tfjs', () => {
  it('runs natively where tfjs-node works and by WebAssembly where it does not', async () => {
    const native = await EngineTfjs.native();
    const engine = await EngineTfjs.load();
    expect(engine.name).toMatch(native === undefined ? /^tfjs-wasm \d/ : /^tfjs-node \d/);
  });

  it('gives the known values of facemesh', async () => {
    const model = await (await EngineTfjs.wasm()).load(join(models, 'facemesh.json'));
    const outputs = Object.values(await model.run({ [model.inputs[0]!]: facemeshInput() }));
    const mesh = outputs.find((tensor) => tensor.data.length === 1404)!;
    expect(Array.from(mesh.data).reduce((a, b) => a + b, 0)).toBeCloseTo(89513.3, -1);
    [94.9542, 118.098, -11.8014, 96.211].forEach((value, i) => {
      expect(mesh.data[i]).toBeCloseTo(value, 2);
    });
    await model.dispose();
  });

  it('gives the known values of MoveNet from integer input', async () => {
    const model = await (await EngineTfjs.wasm()).load(join(models, 'movenet-lightning.json'));
    const data = Int32Array.from(goldenInput(DIMS));
    const outputs = await model.run({ [model.inputs[0]!]: { data, dims: DIMS } });
    const pose = outputs[model.outputs[0]!]!;
    expect(pose.dims).toEqual([1, 1, 17, 3]);
    expect(Array.from(pose.data).reduce((a, b) => a + b, 0)).toBeCloseTo(17.18598, 3);
    [0.337733, 0.498826, 0.0101371, 0.307761].forEach((value, i) => {
      expect(pose.data[i]).toBeCloseTo(value, 3);
    });
    await model.dispose();
  });

  it('keeps no tensor after runs, refusals and disposal', async () => {
    const engine = await EngineTfjs.wasm();
    const before = engine.tensorCount;
    const model = await engine.load(join(models, 'facemesh.json'));
    await model.run({ [model.inputs[0]!]: facemeshInput() });
    const afterFirst = engine.tensorCount;
    for (let i = 0; i < 3; i++) await model.run({ [model.inputs[0]!]: facemeshInput() });
    await expect(model.run({ [model.inputs[0]!]: { data: new Float32Array(3), dims: [3] } })).rejects.toThrow();
    expect(engine.tensorCount).toBe(afterFirst);
    await model.dispose();
    expect(engine.tensorCount).toBe(before);
  });
});
