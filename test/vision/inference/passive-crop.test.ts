import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Picture } from '../../../src/domain/frame.js';
import type { Box } from '../../../src/domain/observation.js';
import { PASSIVE_SIZE, PassiveCrop, passiveRegion } from '../../../src/vision/inference/passive-crop.js';

/** A picture of noise: neighbouring pixels have nothing in common, so that a wrong position cannot hide. */
function noise(width: number, height: number, seed: number): Picture {
  const bgr = new Uint8Array(width * height * 3);
  let state = seed >>> 0 || 1;
  for (let i = 0; i < bgr.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bgr[i] = state >>> 24;
  }
  return { width, height, bgr };
}

/** The crop written down as its rule says: n×n bilinear samples for every target pixel, neighbours kept inside. */
function plainCrop({ bgr, width, height }: Picture, region: Box): Float64Array {
  const size = PASSIVE_SIZE;
  const n = Math.max(1, Math.min(4, Math.round(region.width / size)));
  const out = new Float64Array(3 * size * size);
  const pixel = (x: number, y: number, c: number): number => {
    const xx = Math.max(0, Math.min(width - 1, x));
    const yy = Math.max(0, Math.min(height - 1, y));
    return bgr[(yy * width + xx) * 3 + c]!;
  };
  for (let j = 0; j < size; j++)
    for (let i = 0; i < size; i++)
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        for (let b = 0; b < n; b++)
          for (let a = 0; a < n; a++) {
            const x = region.x + ((i + (a + 0.5) / n) * region.width) / size - 0.5;
            const y = region.y + ((j + (b + 0.5) / n) * region.height) / size - 0.5;
            const x0 = Math.floor(x);
            const y0 = Math.floor(y);
            const top = pixel(x0, y0, c) * (1 - (x - x0)) + pixel(x0 + 1, y0, c) * (x - x0);
            const bottom = pixel(x0, y0 + 1, c) * (1 - (x - x0)) + pixel(x0 + 1, y0 + 1, c) * (x - x0);
            sum += top * (1 - (y - y0)) + bottom * (y - y0);
          }
        out[c * size * size + j * size + i] = sum / (n * n);
      }
  return out;
}

const boxes = fc.record({
  x: fc.double({ min: -300, max: 900, noNaN: true }),
  y: fc.double({ min: -300, max: 900, noNaN: true }),
  width: fc.double({ min: 4, max: 800, noNaN: true }),
  height: fc.double({ min: 4, max: 800, noNaN: true }),
});
const scales = fc.constantFrom(2.7, 4);

describe('where a passive network looks', () => {
  it('is always inside the picture and never larger than asked', () => {
    fc.assert(
      fc.property(
        boxes,
        scales,
        fc.integer({ min: 2, max: 1000 }),
        fc.integer({ min: 2, max: 1000 }),
        (box, k, w, h) => {
          const region = passiveRegion(box, k, w, h)!;
          expect(region.x).toBeGreaterThanOrEqual(0);
          expect(region.y).toBeGreaterThanOrEqual(0);
          expect(region.x + region.width).toBeLessThanOrEqual(w - 1 + 1e-9);
          expect(region.y + region.height).toBeLessThanOrEqual(h - 1 + 1e-9);
          expect(region.width).toBeLessThanOrEqual(k * box.width + 1e-9);
          expect(region.height).toBeLessThanOrEqual(k * box.height + 1e-9);
        },
      ),
    );
  });

  it('keeps the shape of the box, and its centre where the picture has room for it', () => {
    fc.assert(
      fc.property(boxes, scales, (box, k) => {
        const region = passiveRegion(box, k, 640, 480)!;
        expect(region.width / region.height).toBeCloseTo(box.width / box.height, 6);
        const centre = box.x + box.width / 2;
        const free = centre - region.width / 2 >= 0 && centre + region.width / 2 <= 639;
        if (free) expect(region.x + region.width / 2).toBeCloseTo(centre, 6);
      }),
    );
  });

  it('takes the full height of the picture for a near face', () => {
    const region = passiveRegion({ x: 240, y: 130, width: 160, height: 200 }, 4, 640, 480)!;
    expect(region).toEqual({ x: expect.closeTo(128.4, 6), y: 0, width: expect.closeTo(383.2, 6), height: 479 });
  });

  it('is shifted, not cut, at the border', () => {
    const region = passiveRegion({ x: 580, y: 10, width: 60, height: 60 }, 2.7, 640, 480)!;
    expect(region.width).toBeCloseTo(162, 6);
    expect(region.height).toBeCloseTo(162, 6);
    expect(region.x + region.width).toBeCloseTo(639, 6);
    expect(region.y).toBe(0);
  });

  it('is nowhere for a box without area or a number, and for a picture without room', () => {
    const box = { x: 10, y: 10, width: 20, height: 20 };
    expect(passiveRegion({ ...box, width: 0 }, 4, 640, 480)).toBeUndefined();
    expect(passiveRegion({ ...box, height: -1 }, 4, 640, 480)).toBeUndefined();
    expect(passiveRegion({ ...box, x: Number.NaN }, 4, 640, 480)).toBeUndefined();
    expect(passiveRegion({ ...box, width: Number.POSITIVE_INFINITY }, 4, 640, 480)).toBeUndefined();
    expect(passiveRegion(box, 4, 1, 480)).toBeUndefined();
  });
});

describe('the crop of a passive network', () => {
  const cases: readonly [string, Box, number][] = [
    ['a far face, enlarged', { x: 300.3, y: 200.7, width: 21.4, height: 25.2 }, 2.7],
    ['one sample a pixel', { x: 200, y: 100, width: 33, height: 41 }, 2.7],
    ['two samples a pixel', { x: 250.25, y: 180.5, width: 40, height: 52 }, 4],
    ['four samples a pixel, full height', { x: 220, y: 120, width: 170, height: 210 }, 4],
    ['a face at the border', { x: 590, y: 400, width: 70, height: 90 }, 2.7],
    ['a wide box: fewer rows than samples', { x: 100, y: 100, width: 400, height: 30 }, 2.7],
    ['a narrow box: one sample over many rows', { x: 100, y: 20, width: 20, height: 300 }, 2.7],
  ];
  it.each(cases)('equals the plain form of its rule: %s', (_name, box, scale) => {
    const picture = noise(640, 480, 7);
    const region = passiveRegion(box, scale, 640, 480)!;
    const crop = new PassiveCrop();
    const expected = plainCrop(picture, region);
    const planes = crop.run(picture, region);
    let worst = 0;
    for (let i = 0; i < expected.length; i++) worst = Math.max(worst, Math.abs(expected[i]! - planes[i]!));
    expect(worst).toBeLessThan(1e-3);
  });

  it('equals it for any box and shape of picture, with buffers used before', () => {
    const crop = new PassiveCrop();
    fc.assert(
      fc.property(
        boxes,
        scales,
        fc.integer({ min: 2, max: 400 }),
        fc.integer({ min: 2, max: 400 }),
        fc.integer(),
        (box, scale, width, height, seed) => {
          const picture = noise(width, height, seed);
          const region = passiveRegion(box, scale, width, height)!;
          const planes = crop.run(picture, region);
          const expected = plainCrop(picture, region);
          for (let i = 0; i < expected.length; i += 37) expect(Math.abs(expected[i]! - planes[i]!)).toBeLessThan(1e-3);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('gives planes in the order blue, green, red', () => {
    const bgr = new Uint8Array(200 * 100 * 3).map((_, i) => [10, 120, 230][i % 3]!);
    const planes = new PassiveCrop().run({ width: 200, height: 100, bgr }, { x: 3, y: 3, width: 150, height: 90 });
    const plane = PASSIVE_SIZE * PASSIVE_SIZE;
    for (const [at, value] of [10, 120, 230].entries())
      expect(planes.subarray(at * plane, (at + 1) * plane).every((v) => Math.abs(v - value) < 1e-3)).toBe(true);
  });
});
