import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { CameraDemo } from '../../src/adapters/camera-demo.js';
import { DEMO_PEOPLE } from '../../src/adapters/demo-people.js';
import { demoPose } from '../../src/adapters/demo-walk.js';
import { EngineOnnx } from '../../src/adapters/engine-onnx.js';
import { ImagingOpencv } from '../../src/adapters/imaging-opencv.js';
import { installPack } from '../../src/packs/install.js';
import { loadFacePipeline } from '../../src/vision/inference/load-pipeline.js';

const folder = mkdtempSync(join(tmpdir(), 'vestibule-demo-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const mirror = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'shared', 'models');

describe('the walk of the demo', () => {
  it('shows one person after the other, each between empty moments, the same in every run', () => {
    const order: number[] = [];
    let empty = 0;
    for (let at = 0; at < 60_000; at += 66) {
      const pose = demoPose(at, DEMO_PEOPLE);
      if (pose === undefined) empty += 1;
      else if (order.at(-1) !== pose.person) order.push(pose.person);
      expect(demoPose(at, DEMO_PEOPLE)).toEqual(pose);
    }
    expect(order.slice(0, DEMO_PEOPLE.length)).toEqual(DEMO_PEOPLE.map((_, i) => i));
    expect(empty).toBeGreaterThan(60);
  });

  it('leaves a stranger unenrolled and enrols no more people than the core pack can tell apart', () => {
    expect(DEMO_PEOPLE.some((person) => !person.enrolled)).toBe(true);
    expect(DEMO_PEOPLE.filter((person) => person.enrolled).length).toBeLessThanOrEqual(8);
  });
});

/** A clock that jumps over every wait. */
function jumpingClock(): { mono(): number; after(ms: number, callback: () => void): () => void } {
  let now = 0;
  return {
    mono: () => now,
    after: (ms, callback) => {
      const timer = setImmediate(() => {
        now += ms;
        callback();
      });
      return () => clearImmediate(timer);
    },
  };
}

for (const pack of ['core', 'open']) {
  const present = pack === 'core' || existsSync(join(mirror, pack));
  describe(`the demo camera for the ${pack} pack`, () => {
    it.skipIf(!present)('shows exactly one face while a person stands there, near and frontal enough', async () => {
      await installPack(pack, { modelsDirectory: folder, mirror });
      const engine = await EngineOnnx.load();
      const pipeline = await loadFacePipeline(engine, folder, pack, { detectSize: 320 });
      const camera = new CameraDemo({ clock: jumpingClock(), imaging: await ImagingOpencv.load(), fps: 2 });
      await camera.start();
      const seen = new Set<number>();
      const begun = (await camera.read(3000)).capturedAt;
      for (let i = 0; i < 100 && seen.size < DEMO_PEOPLE.length; i++) {
        const frame = await camera.read(3000);
        const pose = demoPose(frame.capturedAt - begun, DEMO_PEOPLE);
        if (pose === undefined || pose.nearness < 0.97 || seen.has(pose.person)) continue;
        seen.add(pose.person);
        const { faces } = await pipeline.detect({ width: frame.width, height: frame.height, bgr: frame.bytes });
        const who = DEMO_PEOPLE[pose.person]!.name;
        expect(faces.length, who).toBe(1);
        expect(faces[0]!.quality.eyeDistancePx, who).toBeGreaterThanOrEqual(60);
        expect(Math.abs(faces[0]!.quality.yaw), who).toBeLessThan(0.35);
        expect(faces[0]!.quality.truncated, who).toBe(false);
      }
      expect(seen.size).toBe(DEMO_PEOPLE.length);
      await camera.stop();
      await pipeline.dispose();
    });
  });
}
