import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { VisionResult } from '../../src/domain/observation.js';
import { dot } from '../../src/domain/vector.js';
import type { MeasureWish } from '../../src/ports/vision.js';
import { VisionClient } from '../../src/vision/client.js';
import type { VisionSettings } from '../../src/vision/protocol.js';
import { hasOpenPack, type ModelsDirectory, modelsDirectory } from '../packs/models-directory.js';
import { clipFile, clipsPresent } from '../support/clips.js';
import { ffmpeg } from '../support/pictures.js';
import { eventually, realClock } from '../support/real-time.js';

const childFile = resolve(import.meta.dirname, '..', '..', 'dist', 'vision', 'main.js');
const folder = mkdtempSync(join(tmpdir(), 'vestibule-measure-'));
const NOTHING: MeasureWish = { passive: false, mesh: false, body: false, colour: false };
const ALL: MeasureWish = { passive: true, mesh: true, body: true, colour: true };
const present = hasOpenPack && clipsPresent();
if (!present) console.info('skipped: ../shared with the recorded clips and the open pack is not there');

let models: ModelsDirectory;
let vision: VisionClient | undefined;
let results: VisionResult[] = [];
const logged: string[] = [];
const newest = (): VisionResult | undefined => results.at(-1);

beforeAll(async () => {
  models = await modelsDirectory(hasOpenPack ? ['open', 'core', 'motion'] : ['core', 'motion']);
});
afterEach(async () => {
  await vision?.stop();
  vision = undefined;
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await models.remove();
});

async function start(path: string, settings: Partial<VisionSettings> = {}): Promise<VisionClient> {
  results = [];
  const client = new VisionClient({
    settings: {
      source: { kind: 'file', path, pace: 'own', loop: true },
      width: 640,
      height: 640,
      fps: 15,
      rotate: 0,
      mirror: false,
      modelsDirectory: models.path,
      pack: hasOpenPack ? 'open' : 'core',
      detectSize: 320,
      maxInferencesPerSecond: 15,
      motionGate: true,
      previewFps: 15,
      previewQuality: 75,
      stallMs: 2000,
      ...settings,
    },
    clock: realClock,
    childFile,
    log: (_, message) => logged.push(message),
  });
  client.onResult((result) => results.push(result));
  vision = client;
  await client.start();
  await eventually('frames are analysed', () => results.length > 2, 25_000);
  return client;
}

describe.skipIf(!present)('the vision process while a living person is measured', () => {
  it('attaches mesh, score, body, colours and facts of the capture, and only as long as they are wished for', async () => {
    const client = await start(clipFile('wolf_2.mp4'));
    const { networks } = client.status();
    expect(Object.keys(networks ?? {}).sort()).toEqual(['body', 'mesh', 'passive']);
    for (const hash of Object.values(networks!)) expect(hash).toMatch(/^sha256:[0-9a-f]{64}$/);
    for (const { faces, capture } of results) {
      expect(faces[0]?.mesh ?? faces[0]?.passive ?? capture).toBeUndefined();
    }
    const measuring = client.measure(ALL);
    const measured = () => results.filter(({ capture }) => capture?.session === measuring.session);
    const scored = () => measured().filter(({ faces }) => faces[0]?.passive && faces[0].mesh);
    await eventually('faces are scored', () => scored().length >= 8, 25_000);
    await eventually('bodies are seen', () => measured().filter(({ body }) => body).length >= 4, 25_000);
    const scores = scored().map(({ faces }) => faces[0]!.passive!);
    expect(scores.filter(({ live }) => live >= 0.5).length / scores.length).toBeGreaterThanOrEqual(0.8);
    expect(scores.every(({ box, live, v2, v1se }) => box === 'mesh' && Math.abs(live - (v2 + v1se) / 2) < 1e-9)).toBe(
      true,
    );
    for (const { faces, timings, capture } of scored()) {
      expect(faces[0]!.embedding).toHaveLength(256);
      expect(faces[0]!.mesh!.points).toHaveLength(3 * 468);
      expect(timings.passiveMs).toBeGreaterThan(0);
      expect(timings.meshMs).toBeGreaterThan(0);
      expect(capture).toMatchObject({ longestRepeat: 1, clockWentBack: false });
    }
    const embeddings = scored().map(({ faces }) => faces[0]!.embedding!);
    for (const one of embeddings) expect(dot(embeddings[0]!, one)).toBeGreaterThan(0.7);
    // A face that the mesh alone followed lies where the detector found it the frame before.
    const both = measured().filter(({ faces }) => faces[0]?.mesh);
    for (const [i, { faces }] of both.entries()) {
      const before = both[i - 1]?.faces[0];
      if (before === undefined) continue;
      expect(Math.abs(faces[0]!.box.x - before.box.x)).toBeLessThan(0.2 * before.box.width);
    }
    expect(both.some(({ faces, timings }) => faces[0]!.embedding === undefined && timings.detectMs === 0)).toBe(true);
    expect(measured().some(({ body, timings }) => body?.points.length === 51 && timings.bodyMs! > 0)).toBe(true);
    expect(measured().some(({ colour }) => colour !== undefined)).toBe(true);

    measuring.change({ ...NOTHING, passive: true });
    await eventually('the mesh is left out', () => newest()?.faces[0]?.passive?.box === 'detector');
    expect(newest()?.faces[0]?.mesh).toBeUndefined();
    measuring.stop();
    await eventually('it has ended', () => newest()?.capture === undefined);
    const ended = results.length;
    await eventually('four more results', () => results.length > ended + 4);
    for (const { faces, capture, body } of results.slice(ended)) {
      expect(capture ?? body ?? faces[0]?.passive ?? faces[0]?.mesh).toBeUndefined();
      expect(faces[0]?.embedding).toBeDefined();
    }
    expect(logged.filter((line) => /could not|cannot/.test(line))).toEqual([]);
  });

  it('goes on as a new session when the process is started again', async () => {
    const client = await start(clipFile('wolf_2.mp4'));
    const measuring = client.measure({ ...NOTHING, passive: true });
    const first = measuring.session;
    await eventually('it is measured', () => newest()?.capture?.session === first && newest()!.capture!.frames > 20);
    process.kill(client.pid!, 'SIGKILL');
    await eventually(
      'it goes on',
      () => measuring.session !== first && newest()?.capture?.session === measuring.session,
      25_000,
    );
    expect(results.find(({ capture }) => capture?.session === measuring.session)!.capture!.frames).toBeLessThan(20);
  });

  it('loads the networks from the start where somebody will be measured', async () => {
    const client = await start(clipFile('wolf_2.mp4'), { prepare: { ...NOTHING, passive: true } });
    client.measure({ ...NOTHING, passive: true });
    await eventually('a measured frame', () => newest()?.capture !== undefined);
    expect(results.find(({ capture }) => capture !== undefined)!.faces[0]!.passive).toBeDefined();
  });
});

describe('the vision process and cameras that are none', () => {
  it('tells a frozen picture by its repeats', async () => {
    const path = join(folder, 'frozen.avi');
    ffmpeg(['-f', 'lavfi', '-i', 'testsrc2=size=320x240:rate=30', '-frames:v', '1', join(folder, 'one.png')]);
    const still = ['-loop', '1', '-framerate', '30', '-i', join(folder, 'one.png'), '-t', '2'];
    ffmpeg([...still, '-c:v', 'mjpeg', '-q:v', '3', path]);
    const client = await start(path, { width: 320, height: 240 });
    const { session } = client.measure({ ...NOTHING, colour: true });
    await eventually('many frames are alike', () => (newest()?.capture?.longestRepeat ?? 0) > 10);
    const { frames, longestRepeat, looped } = newest()!.capture!;
    expect([newest()!.capture!.session, looped]).toEqual([session, 0]);
    expect(longestRepeat).toBe(frames);
  });

  it('tells a recording that begins anew', async () => {
    const path = join(folder, 'loop.avi');
    ffmpeg(['-f', 'lavfi', '-i', 'testsrc2=size=320x240:rate=30', '-t', '1', '-c:v', 'mjpeg', '-q:v', '3', path]);
    const client = await start(path, { width: 320, height: 240 });
    client.measure({ ...NOTHING, colour: true });
    await eventually('a second round begins', () => (newest()?.capture?.looped ?? 0) > 10);
    const { frames, longestRepeat, looped } = newest()!.capture!;
    expect(longestRepeat).toBeLessThanOrEqual(2);
    expect(frames).toBeGreaterThanOrEqual(looped + 29);
  });

  it('says that the passive pair is not there with the core pack alone', async () => {
    const alone = await modelsDirectory(['core']);
    try {
      const client = await start(join(folder, 'loop.avi'), { pack: 'core', modelsDirectory: alone.path });
      expect(client.status().networks).toEqual({});
      client.measure(ALL);
      await eventually('facts are told all the same', () => newest()?.capture !== undefined);
      expect(newest()!.body).toBeUndefined();
    } finally {
      await vision?.stop();
      await alone.remove();
    }
  });
});
