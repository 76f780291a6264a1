import { describe, expect, it } from 'vitest';
import { measureColour } from '../../../src/vision/measure/colour.js';

const WIDTH = 320;
const HEIGHT = 240;

/** A picture of one colour with a rectangle of another. */
function scene(behind: readonly number[], skin: readonly number[], box: readonly [number, number, number, number]) {
  const bgr = new Uint8Array(WIDTH * HEIGHT * 3);
  const [left, top, width, height] = box;
  for (let y = 0; y < HEIGHT; y++)
    for (let x = 0; x < WIDTH; x++) {
      const inside = x >= left && x < left + width && y >= top && y < top + height;
      bgr.set(inside ? skin : behind, (y * WIDTH + x) * 3);
    }
  return { width: WIDTH, height: HEIGHT, bgr };
}

describe('measureColour', () => {
  it('tells the face apart from what lies behind it', () => {
    const picture = scene([10, 20, 30], [100, 120, 200], [120, 60, 80, 100]);
    const colour = measureColour(picture, { x: 120, y: 60, width: 80, height: 100 });
    expect(colour).toEqual({ face: [100, 120, 200], background: [10, 20, 30] });
  });

  it('counts neither hair and shoulders nor the body below as background', () => {
    const picture = scene([10, 20, 30], [100, 120, 200], [80, 10, 160, 230]);
    const colour = measureColour(picture, { x: 120, y: 60, width: 80, height: 100 });
    expect(colour?.background).toEqual([10, 20, 30]);
  });

  it.each([
    ['fills the picture', { x: 0, y: 0, width: 310, height: 235 }],
    ['is tiny', { x: 100, y: 100, width: 8, height: 8 }],
    ['lies outside', { x: -200, y: 50, width: 80, height: 100 }],
    ['is no box', { x: Number.NaN, y: 0, width: 80, height: 100 }],
  ])('says nothing about a face that %s', (_, box) => {
    expect(measureColour(scene([1, 2, 3], [4, 5, 6], [0, 0, 10, 10]), box)).toBeUndefined();
  });
});
