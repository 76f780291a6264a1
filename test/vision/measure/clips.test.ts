import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EngineOnnx } from '../../../src/adapters/engine-onnx.js';
import { EngineTfjs } from '../../../src/adapters/engine-tfjs.js';
import type { Picture } from '../../../src/domain/frame.js';
import { follow, NO_TRACKS } from '../../../src/domain/track.js';
import type { Analysis } from '../../../src/vision/analysis.js';
import { FaceFinder } from '../../../src/vision/face-finder.js';
import { loadFacePipeline } from '../../../src/vision/inference/load-pipeline.js';
import { Measurer } from '../../../src/vision/measure/measurer.js';
import { MeasureNetworkLoader } from '../../../src/vision/measure/networks.js';
import { hasOpenPack, type ModelsDirectory, modelsDirectory } from '../../packs/models-directory.js';
import { clipFile, clipsPresent } from '../../support/clips.js';
import { clipPictures } from '../../support/face-meshes.js';
import { realClock } from '../../support/real-time.js';

const FPS = 15;
/** Two frames of one living person are at least this alike (pack open, false matches 1 in 1000). */
const SAME_FACE = 0.34;
const present = hasOpenPack && clipsPresent();

describe.skipIf(!present)('measuring recorded people', () => {
  let models: ModelsDirectory;
  let measure: (frames: readonly Picture[]) => Promise<Analysis[]>;
  const release: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    models = await modelsDirectory(['open', 'motion']);
    const onnx = await EngineOnnx.load();
    const pipeline = await loadFacePipeline(onnx, models.path, 'open', { detectSize: 320 });
    const faults: string[] = [];
    const source = new MeasureNetworkLoader({
      modelsDirectory: models.path,
      onnx: async () => onnx,
      tfjs: () => EngineTfjs.load(),
      onFault: (_, { message }) => faults.push(message),
    });
    const passive = await source.passive();
    const mesh = await source.mesh();
    expect(faults).toEqual([]);
    measure = async (frames) => {
      const measurer = new Measurer({
        finder: new FaceFinder(pipeline),
        packId: 'open',
        networks: { wanted: () => ({ passive: passive!, mesh: mesh! }) },
        clock: realClock,
        trouble: (message) => faults.push(message),
      });
      const order = { session: 1, wish: { passive: true, mesh: true, body: false, colour: false } };
      const seen: Analysis[] = [];
      for (const frame of frames) seen.push(await measurer.analyse(frame, order));
      expect(faults).toEqual([]);
      return seen;
    };
    release.push(
      () => source.dispose(),
      () => pipeline.dispose(),
    );
  }, 30_000);
  afterAll(async () => {
    for (const free of release) await free();
    await models?.remove();
  });

  it('follows a head through its turns as one track with a mesh on every frame', async () => {
    const frames = clipPictures(clipFile('tran_real.mp4'), FPS).slice(0, 8 * FPS);
    const seen = await measure(frames);
    expect(seen.length).toBeGreaterThan(110);
    let tracker = NO_TRACKS;
    const timings = { queueMs: 0, detectMs: 0, embedMs: 0, totalMs: 0 };
    for (const [i, { faces, scene }] of seen.entries()) {
      const { width, height } = frames[i]!;
      const result = { seq: i + 1, capturedAt: (i * 1000) / FPS, width, height, faces, scene, timings };
      tracker = follow(tracker, result, SAME_FACE);
    }
    expect(tracker.nextId).toBe(2);
    const meshes = seen.flatMap(({ faces }) => faces[0]?.mesh ?? []);
    expect(meshes.length / seen.length).toBeGreaterThan(0.98);
    // It does turn: otherwise following it would show nothing.
    const yaws = seen.flatMap(({ faces }) => faces[0]?.quality.yaw ?? []);
    expect(Math.max(...yaws) - Math.min(...yaws)).toBeGreaterThan(0.5);
    const scores = seen.flatMap(({ faces }) => faces[0]?.passive?.live ?? []);
    expect(scores.length).toBeGreaterThan(50);
    expect(scores.filter((live) => live >= 0.5).length / scores.length).toBeGreaterThan(0.7);
  }, 60_000);

  it('scores no frame of a screen as living', async () => {
    const seen = await measure(clipPictures(clipFile('wolf_1.mp4'), FPS).slice(0, 4 * FPS));
    const scores = seen.flatMap(({ faces }) => faces[0]?.passive ?? []);
    expect(scores.length).toBeGreaterThan(20);
    expect(scores.filter(({ live }) => live >= 0.5)).toEqual([]);
  }, 60_000);
});
