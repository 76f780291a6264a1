import { createHash } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EngineOnnx } from '../../../src/adapters/engine-onnx.js';
import { EngineTfjs } from '../../../src/adapters/engine-tfjs.js';
import { VestibuleError } from '../../../src/domain/errors.js';
import { packManifest } from '../../../src/packs/manifest.js';
import type { Engine } from '../../../src/ports/engine.js';
import { type MeasureNetwork, MeasureNetworkLoader } from '../../../src/vision/measure/networks.js';
import { hasOpenPack, type ModelsDirectory, modelsDirectory } from '../../packs/models-directory.js';

const HASH = /^sha256:[0-9a-f]{64}$/;
let models: ModelsDirectory;
let wanted: string[];
let faults: [MeasureNetwork, string][];
beforeEach(() => {
  wanted = [];
  faults = [];
});
afterEach(() => models.remove());

function loader(engines: { onnx?: () => Promise<Engine>; tfjs?: () => Promise<Engine> } = {}): MeasureNetworkLoader {
  const load = (name: string, engine: () => Promise<Engine>) => () => {
    wanted.push(name);
    return engine();
  };
  return new MeasureNetworkLoader({
    modelsDirectory: models.path,
    onnx: load('onnx', engines.onnx ?? (() => EngineOnnx.load())),
    tfjs: load('tfjs', engines.tfjs ?? (() => EngineTfjs.load())),
    onFault: (network, fault) => faults.push([network, fault.code]),
  });
}

describe('the networks that measure', () => {
  it('says which are there without an engine, and loads each when it is wanted first', async () => {
    models = await modelsDirectory(['motion']);
    const networks = loader();
    expect(await networks.available()).toEqual({
      mesh: expect.stringMatching(HASH),
      body: expect.stringMatching(HASH),
    });
    expect(wanted).toEqual([]);
    expect(await networks.passive()).toBeUndefined();
    const [mesh, same, body] = await Promise.all([networks.mesh(), networks.mesh(), networks.body()]);
    expect(mesh).toBeDefined();
    expect(same).toBe(mesh);
    expect(body).toBeDefined();
    expect(wanted).toEqual(['tfjs']);
    expect(faults).toEqual([]);
    await networks.dispose();
  });

  it('gives the known values of the face mesh and of MoveNet from the installed pack', async () => {
    models = await modelsDirectory(['motion']);
    const networks = loader();
    const picture = { width: 192, height: 192, bgr: new Uint8Array(192 * 192 * 3) };
    // The golden input is RGB; every third value is of one channel.
    for (let i = 0; i < 192 * 192; i++)
      for (let c = 0; c < 3; c++) picture.bgr[3 * i + 2 - c] = ((3 * i + c) * 7919) % 255;
    const pose = (await (await networks.body())!.measure(picture))!;
    expect(pose.points[1]! / 192).toBeCloseTo(0.337733, 3);
    expect(pose.points[0]! / 192).toBeCloseTo(0.498826, 3);
    expect(pose.points[2]!).toBeCloseTo(0.0101371, 3);
    // The noise shows no face: the score says so.
    expect(await (await networks.mesh())!.measure(picture, { x: 0, y: 0, side: 191 })).toBeUndefined();
    await networks.dispose();
  });

  it('has none where no pack is installed, and that is no fault', async () => {
    models = await modelsDirectory([]);
    const networks = loader();
    expect(await networks.available()).toEqual({});
    expect([await networks.passive(), await networks.mesh(), await networks.body()]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(wanted).toEqual([]);
    expect(faults).toEqual([]);
  });

  it('refuses another file than the installed one, before an engine sees it, and keeps the rest', async () => {
    models = await modelsDirectory(['motion']);
    await writeFile(join(models.path, 'motion', 'facemesh.bin'), 'another network');
    const networks = loader();
    expect(Object.keys(await networks.available())).toEqual(['body']);
    expect(faults).toEqual([['mesh', 'pack_file_invalid']]);
    expect(await networks.mesh()).toBeUndefined();
    expect(wanted).toEqual([]);
    expect(await networks.body()).toBeDefined();
    await networks.dispose();
  });

  it('names a file that is gone from an installed pack', async () => {
    models = await modelsDirectory(['motion']);
    await rm(join(models.path, 'motion', 'movenet-lightning.bin'));
    expect(Object.keys(await loader().available())).toEqual(['mesh']);
    expect(faults).toEqual([['body', 'pack_missing']]);
  });

  it('refuses files that were exchanged after the start', async () => {
    models = await modelsDirectory(['motion']);
    const networks = loader();
    expect((await networks.available()).mesh).toBeDefined();
    await writeFile(join(models.path, 'motion', 'facemesh.json'), '{}');
    expect(await networks.mesh()).toBeUndefined();
    expect(faults).toEqual([['mesh', 'pack_file_invalid']]);
    expect(wanted).toEqual([]);
    expect(Object.keys(await networks.available())).toEqual(['body']);
  });

  it('remembers an engine that cannot be loaded: absent from then on, told once for each network', async () => {
    models = await modelsDirectory(['motion']);
    const networks = loader({ tfjs: () => Promise.reject(new VestibuleError('engine_missing', 'No TensorFlow.')) });
    expect(await networks.mesh()).toBeUndefined();
    expect(await networks.mesh()).toBeUndefined();
    expect(await networks.body()).toBeUndefined();
    expect(await networks.available()).toEqual({});
    expect(wanted).toEqual(['tfjs']);
    expect(faults).toEqual([
      ['mesh', 'engine_missing'],
      ['body', 'engine_missing'],
    ]);
  });

  it('turns whatever an engine throws into a fault', async () => {
    models = await modelsDirectory(['motion']);
    const engine: Engine = { name: 'broken', load: () => Promise.reject('a string') };
    const networks = loader({ tfjs: async () => engine });
    expect(await networks.body()).toBeUndefined();
    expect(faults).toEqual([['body', 'engine_failed']]);
  });
});

describe.skipIf(!hasOpenPack)('the passive pair of the open pack (needs ../shared/models/open)', () => {
  it('needs no TensorFlow, and both of its files', async () => {
    models = await modelsDirectory(['open']);
    const networks = loader();
    // The hash is that of the networks that are run, which are built, and not of the files they come from.
    const lines = packManifest('open')
      .builds.filter(({ importer }) => importer === 'minifasnet')
      .map(({ name, sha256 }) => `${name}:${sha256}\n`);
    expect(lines).toHaveLength(2);
    const hash = createHash('sha256').update(lines.join('')).digest('hex');
    expect(await networks.available()).toEqual({ passive: `sha256:${hash}` });
    expect(await networks.passive()).toBeDefined();
    expect(wanted).toEqual(['onnx']);
    await networks.dispose();
    await rm(join(models.path, 'open', 'minifasnet-v1se-blocked.onnx'));
    expect(await loader().available()).toEqual({});
    expect(faults).toEqual([['passive', 'pack_missing']]);
  });

  it('leaves nothing loaded when its second network cannot be', async () => {
    models = await modelsDirectory(['open']);
    let disposed = 0;
    const model = { inputs: [], outputs: [], run: async () => ({}), dispose: async () => void disposed++ };
    const load = (file: string) => (file.includes('v1se') ? Promise.reject(new Error('full')) : Promise.resolve(model));
    expect(await loader({ onnx: async () => ({ name: 'half', load }) }).passive()).toBeUndefined();
    expect(disposed).toBe(1);
    expect(faults).toEqual([['passive', 'engine_failed']]);
  });
});
