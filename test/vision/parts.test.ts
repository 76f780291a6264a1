import { describe, expect, it } from 'vitest';
import type { Picture } from '../../src/domain/frame.js';
import { Analyser } from '../../src/vision/analyse.js';
import { MotionGate } from '../../src/vision/motion-gate.js';
import { drawable } from '../../src/vision/overlay.js';
import { Pacer } from '../../src/vision/pacer.js';
import { measureScene } from '../../src/vision/scene.js';
import { aFace } from '../fakes/faces.js';
import { FakeClock } from '../fakes/fake-clock.js';
import { FakePipeline } from '../fakes/fake-pipeline.js';
import { FakeRandom } from '../fakes/fake-random.js';

function grey(value: number, noise?: FakeRandom): Picture {
  const bgr = new Uint8Array(640 * 480 * 3).fill(value);
  if (noise !== undefined) {
    const bytes = noise.bytes(4096);
    for (let i = 0; i < bgr.length; i++) bgr[i] = value + ((bytes[i % 4093]! % 17) - 8);
  }
  return { width: 640, height: 480, bgr };
}

/** A darker square, as a person far away. */
function withSquare(picture: Picture, x: number, side: number): Picture {
  const bgr = new Uint8Array(picture.bgr);
  for (let row = 200; row < 200 + side; row++) bgr.fill(60, (row * 640 + x) * 3, (row * 640 + x + side) * 3);
  return { ...picture, bgr };
}

describe('Pacer', () => {
  it.each([
    [15, 15, 15],
    [15, 30, 15],
    [10, 15, 10],
    [15, 8, 8],
  ])('lets at most %i a second through of %i', (limit, rate, expected) => {
    const pacer = new Pacer(limit);
    const jitter = new FakeRandom(3);
    let taken = 0;
    for (let i = 0; i < rate * 60; i++) {
      const wobble = (jitter.bytes(1)[0]! / 255 - 0.5) * 8;
      if (pacer.take(1000 + (i * 1000) / rate + wobble)) taken += 1;
    }
    expect(taken / 60).toBeGreaterThan(expected * 0.97);
    expect(taken / 60).toBeLessThanOrEqual(limit * 1.02);
  });
});

describe('MotionGate', () => {
  it('analyses an empty, still scene once a second and not because of noise', () => {
    const gate = new MotionGate();
    const noise = new FakeRandom(5);
    let wanted = 0;
    for (let i = 0; i < 15 * 20; i++) if (gate.wants(grey(120, noise), i * (1000 / 15))) wanted += 1;
    expect(wanted).toBeGreaterThanOrEqual(15 * 3 + 15);
    expect(wanted).toBeLessThanOrEqual(15 * 3 + 18);
  });

  it('opens at once when somebody comes, and stays open while a face is seen', () => {
    const gate = new MotionGate();
    for (let i = 0; i < 100; i++) gate.wants(grey(120), i * 66);
    expect(gate.wants(grey(120), 6610)).toBe(false);
    const somebody = withSquare(grey(120), 300, 60);
    expect(gate.wants(somebody, 6620)).toBe(true);
    for (let at = 6680; at < 20_000; at += 66) {
      expect(gate.wants(somebody, at)).toBe(true);
      gate.sawFace(at);
    }
    expect(gate.wants(somebody, 22_500)).toBe(true);
    expect(gate.wants(somebody, 23_300)).toBe(false);
  });
});

describe('measureScene', () => {
  it('tells a dark, a bright and a covered lens', () => {
    expect(measureScene(grey(20))).toEqual({ brightness: expect.closeTo(20, 3), contrast: expect.closeTo(0, 2) });
    expect(measureScene(withSquare(grey(200), 100, 200)).contrast).toBeGreaterThan(20);
  });
});

describe('drawable', () => {
  it('folds names to ASCII and shortens them', () => {
    const box = { x: 0, y: 0, width: 1, height: 1 };
    const labels = drawable([
      { box, tone: 'good', label: 'Łukasz Müller' },
      { box, tone: 'bad', label: 'x'.repeat(60) },
      { box, tone: 'neutral' },
    ]).map((item) => item.label);
    expect(labels).toEqual(['Lukasz Muller', `${'x'.repeat(22)}..`, undefined]);
  });
});

describe('Analyser', () => {
  const clock = new FakeClock();
  const bare = (options: Parameters<typeof aFace>[0]) => aFace({ ...options, embedding: null });

  it('embeds only the largest face of a live frame and hands the hint on', async () => {
    const pipeline = new FakePipeline([bare({ height: 200 }), bare({ height: 80, x: 100 })]);
    const analyser = new Analyser({ pipeline, clock });
    const { faces, scene } = await analyser.live(grey(100));
    await analyser.live(grey(100));
    expect(faces.map((face) => face.embedding?.length)).toEqual([32, undefined]);
    expect(scene.brightness).toBeCloseTo(100, 3);
    expect(pipeline.hints).toEqual([{}, { last: 2 }]);
  });

  it.each([
    ['two people stand there', [bare({ height: 200 }), bare({ height: 110, x: 100 })]],
    ['the face is too small', [bare({ height: 200, quality: { eyeDistancePx: 20 } })]],
    ['nobody is there', []],
  ])('embeds nothing of a live frame when %s', async (_, seen) => {
    const pipeline = new FakePipeline(seen);
    const { faces } = await new Analyser({ pipeline, clock }).live(grey(100));
    expect(pipeline.embedded).toBe(0);
    expect(faces).toEqual(seen);
  });

  it('embeds every face of a photograph', async () => {
    const pipeline = new FakePipeline([bare({ height: 200 }), bare({ height: 190, x: 100 })]);
    const { faces } = await new Analyser({ pipeline, clock }).still(grey(100));
    expect(faces.every((face) => face.embedding !== undefined)).toBe(true);
    expect(pipeline.hints).toEqual([undefined]);
  });
});
