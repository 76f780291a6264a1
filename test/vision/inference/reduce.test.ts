import { describe, expect, it } from 'vitest';
import { PictureReducer } from '../../../src/vision/inference/reduce.js';

describe('halved pictures', () => {
  it('are the same numbers word by word and byte by byte', () => {
    const width = 640;
    const height = 480;
    const bytes = new Uint8Array(width * height * 3 + 1);
    for (let i = 0, seed = 7; i < bytes.length; i++) {
      seed = (seed * 48_271) % 2_147_483_647;
      bytes[i] = seed;
    }
    const words = bytes.slice(1);
    const unaligned = bytes.subarray(1);
    const byWords = new PictureReducer(320).run({ width, height, bgr: words }).planes;
    const byBytes = new PictureReducer(320).run({ width, height, bgr: unaligned }).planes;
    expect(Buffer.from(byWords.buffer).equals(Buffer.from(byBytes.buffer))).toBe(true);
    expect(byWords[0]).toBe((words[0]! + words[3]! + words[1920]! + words[1923]!) / 4);
  });
});
