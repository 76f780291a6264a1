import { describe, expect, it } from 'vitest';
import type { Picture } from '../../../src/domain/frame.js';
import type { FivePoints } from '../../../src/domain/observation.js';
import {
  boxDetectorOf,
  meshCropOfBox,
  meshCropOfMesh,
  meshExtent,
  type SquareCrop,
  wasTilted,
} from '../../../src/vision/inference/mesh-crop.js';
import { MESH_SIZE, MeshCropper } from '../../../src/vision/inference/mesh-cropper.js';

const box = { x: 200, y: 100, width: 100, height: 140 };

/** Five points of a face with its eyes on a line of this angle, degrees clockwise. */
function pointsAt(degrees: number): FivePoints {
  const at = (x: number, y: number) => {
    const a = (degrees * Math.PI) / 180;
    return { x: 250 + x * Math.cos(a) - y * Math.sin(a), y: 170 + x * Math.sin(a) + y * Math.cos(a) };
  };
  return [at(-22, -20), at(22, -20), at(0, 5), at(-18, 30), at(18, 30)];
}

/** A mesh of 468 points on an upright ellipse, the eyes' corners on its horizontal axis, turned clockwise. */
function ellipse(degrees: number): { readonly points: Float32Array } {
  const a = (degrees * Math.PI) / 180;
  const points = new Float32Array(468 * 3);
  const put = (i: number, x: number, y: number) => {
    points[3 * i] = 300 + x * Math.cos(a) - y * Math.sin(a);
    points[3 * i + 1] = 200 + x * Math.sin(a) + y * Math.cos(a);
  };
  for (let i = 0; i < 468; i++) {
    const t = (2 * Math.PI * i) / 468;
    put(i, 60 * Math.cos(t), 80 * Math.sin(t));
  }
  put(33, -40, 0);
  put(263, 40, 0);
  return { points };
}

const centreOf = ({ x, y, side, angle = 0 }: SquareCrop) => ({
  x: x + (side / 2) * (Math.cos(angle) - Math.sin(angle)),
  y: y + (side / 2) * (Math.sin(angle) + Math.cos(angle)),
});

describe('where the mesh is looked for', () => {
  it('is a square of 1.4 longer sides of the box, a little below it or above it by the detector', () => {
    const yunet = meshCropOfBox(box, 'yunet')!;
    expect(yunet.side).toBeCloseTo(196, 6);
    expect(centreOf(yunet)).toEqual({ x: expect.closeTo(250, 6), y: expect.closeTo(170 + 5.6, 6) });
    const tiny = meshCropOfBox(box, 'tiny')!;
    expect(centreOf(tiny)).toEqual({ x: expect.closeTo(250, 6), y: expect.closeTo(170 - 7, 6) });
    expect([boxDetectorOf('open'), boxDetectorOf('core')]).toEqual(['yunet', 'tiny']);
  });

  it('is a square of 1.5 longer extents of the last mesh', () => {
    const crop = meshCropOfMesh(ellipse(0))!;
    expect(crop.side).toBeCloseTo(1.5 * 160, 3);
    expect(centreOf(crop)).toEqual({ x: expect.closeTo(300, 2), y: expect.closeTo(200, 2) });
    expect(meshExtent(ellipse(0))).toEqual({
      x: expect.closeTo(240, 2),
      y: expect.closeTo(120, 2),
      width: expect.closeTo(120, 2),
      height: expect.closeTo(160, 2),
    });
  });

  it('stays upright for a small tilt and is set upright beyond 0.2 radians', () => {
    expect(meshCropOfBox(box, 'yunet', pointsAt(11))!.angle).toBe(0);
    expect(meshCropOfMesh(ellipse(-11))!.angle).toBe(0);
    for (const degrees of [-170, -40, -12, 12, 40, 90]) {
      const radians = (degrees * Math.PI) / 180;
      const byBox = meshCropOfBox(box, 'yunet', pointsAt(degrees))!;
      expect(byBox.angle).toBeCloseTo(radians, 5);
      // Below the box's middle as the face sees it.
      const { x, y } = centreOf(byBox);
      expect(Math.hypot(x - 250, y - 170)).toBeCloseTo(5.6, 5);
      const byMesh = meshCropOfMesh(ellipse(degrees))!;
      expect(byMesh.angle).toBeCloseTo(radians, 5);
      expect(byMesh.side).toBeCloseTo(240, 2);
      expect(centreOf(byMesh)).toEqual({ x: expect.closeTo(300, 2), y: expect.closeTo(200, 2) });
    }
  });

  it('tells that a head was tilted in the crop it was found in', () => {
    const crop = (degrees: number): SquareCrop => ({ x: 0, y: 0, side: 10, angle: (degrees * Math.PI) / 180 });
    expect(wasTilted(ellipse(5), { x: 0, y: 0, side: 10 })).toBe(false);
    expect(wasTilted(ellipse(30), { x: 0, y: 0, side: 10 })).toBe(true);
    expect(wasTilted(ellipse(30), crop(28))).toBe(false);
    expect(wasTilted(ellipse(-175), crop(178))).toBe(false);
  });

  it('is nowhere for what has no size or is no number', () => {
    expect(meshCropOfBox({ ...box, width: 0, height: 0 }, 'yunet')).toBeUndefined();
    expect(meshCropOfBox({ ...box, x: Number.NaN }, 'tiny')).toBeUndefined();
    expect(meshCropOfMesh({ points: new Float32Array(1404) })).toBeUndefined();
    expect(meshCropOfMesh({ points: new Float32Array(1404).fill(Number.NaN) })).toBeUndefined();
  });
});

/** A picture whose red is 2 a column and whose green is 3 a row; blue is 90. */
function ramp(width: number, height: number): Picture {
  const bgr = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) bgr.set([90, Math.min(255, 3 * y), Math.min(255, 2 * x)], (y * width + x) * 3);
  return { width, height, bgr };
}

describe('the crop of the mesh network', () => {
  const picture = ramp(120, 80);
  const pixel = (pixels: Float32Array, column: number, row: number): readonly number[] =>
    [0, 1, 2].map((c) => 255 * pixels[(row * MESH_SIZE + column) * 3 + c]!);

  it('is RGB of 0 to 1, bilinear between the corners of the square', () => {
    const pixels = new MeshCropper().run(picture, { x: 10.25, y: 20.5, side: 40 });
    const at = (column: number, row: number) => {
      const x = 10.25 + (40 * column) / 191;
      const y = 20.5 + (40 * row) / 191;
      return [2 * x, 3 * y, 90].map((value) => expect.closeTo(value, 2));
    };
    for (const [column, row] of [
      [0, 0],
      [191, 0],
      [0, 191],
      [191, 191],
      [100, 37],
    ] as const)
      expect(pixel(pixels, column, row)).toEqual(at(column, row));
  });

  it('is black outside the picture, also with a buffer used before', () => {
    const cropper = new MeshCropper();
    cropper.run(picture, { x: 10, y: 10, side: 50 });
    const pixels = cropper.run(picture, { x: -60, y: -60, side: 240 });
    expect(pixels.every(Number.isFinite)).toBe(true);
    expect(pixel(pixels, 10, 100)).toEqual([0, 0, 0]);
    expect(pixel(pixels, 100, 10)).toEqual([0, 0, 0]);
    expect(pixel(pixels, 180, 180)).toEqual([0, 0, 0]);
    expect(pixel(pixels, 96, 80)[2]).toBeCloseTo(90, 2);
  });

  it('turned is the same as upright where both are possible', () => {
    const cropper = new MeshCropper();
    const upright = cropper.run(picture, { x: -7.3, y: 4.8, side: 60 }).slice();
    const turned = cropper.run(picture, { x: -7.3, y: 4.8, side: 60, angle: 1e-12 });
    expect(Math.max(...upright.map((value, i) => Math.abs(value - turned[i]!)))).toBeLessThan(1e-4);
  });

  it('turned by a quarter shows columns as rows', () => {
    const pixels = new MeshCropper().run(picture, { x: 70, y: 10, side: 40, angle: Math.PI / 2 });
    expect(pixel(pixels, 0, 0)).toEqual([140, 30, 90].map((value) => expect.closeTo(value, 2)));
    expect(pixel(pixels, 191, 0)).toEqual([140, 150, 90].map((value) => expect.closeTo(value, 2)));
    expect(pixel(pixels, 0, 191)).toEqual([60, 30, 90].map((value) => expect.closeTo(value, 2)));
  });
});
