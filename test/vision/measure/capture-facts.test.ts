import { describe, expect, it } from 'vitest';
import { CaptureRecord, hashOf } from '../../../src/vision/measure/capture-facts.js';
import { FakeRandom } from '../../fakes/fake-random.js';

const picture = (value: number): Uint8Array => Uint8Array.from({ length: 300 }, (_, i) => (i * 7 + value) % 256);

/** Facts after these pictures, one every 40 ms. */
function factsAfter(values: readonly number[], times: readonly number[] = values.map((_, i) => 1000 + 40 * i)) {
  const record = new CaptureRecord(7);
  for (const [i, value] of values.entries()) record.saw({ bytes: picture(value), capturedAt: times[i]! });
  return record.facts();
}

describe('CaptureRecord', () => {
  it('says nothing before the first frame', () => {
    expect(new CaptureRecord(1).facts()).toBeUndefined();
  });

  it('finds nothing wrong with frames that differ', () => {
    expect(factsAfter([1, 2, 3, 4, 5])).toEqual({
      session: 7,
      frames: 5,
      longestRepeat: 1,
      looped: 0,
      longestGapMs: 40,
      clockWentBack: false,
    });
  });

  it.each([
    ['a single frame', [1], 1, 0],
    ['two alike in a row', [1, 1, 2], 2, 0],
    ['a frozen camera', [1, 2, 2, 2, 2, 3], 4, 0],
    ['the longer of two stops', [1, 1, 1, 2, 2, 3], 3, 0],
    ['a picture that comes again', [1, 2, 1], 1, 1],
    ['a recording that begins anew', [1, 2, 3, 1, 2, 3, 1], 1, 4],
    ['a loop that stands still: every frame of it counts', [1, 2, 1, 1, 3], 2, 2],
    ['forwards and backwards', [1, 2, 3, 2, 1], 1, 2],
  ])('tells %s', (_, values, longestRepeat, looped) => {
    expect(factsAfter(values)).toMatchObject({ frames: values.length, longestRepeat, looped });
  });

  it('tells the longest gap, also when the clock goes back', () => {
    expect(factsAfter([1, 2, 3, 4], [0, 40, 540, 580])).toMatchObject({ longestGapMs: 500, clockWentBack: false });
    expect(factsAfter([1, 2, 3], [100, 40, 60])).toMatchObject({ longestGapMs: 20, clockWentBack: true });
    expect(factsAfter([1, 2], [100, Number.NaN])).toMatchObject({ clockWentBack: true });
  });

  it('keeps counting when the camera gives more pictures than are remembered', () => {
    const record = new CaptureRecord(1);
    const bytes = new Uint8Array(16);
    const words = new Uint32Array(bytes.buffer);
    for (let i = 0; i < 10_000; i++) {
      words[0] = i % 6000;
      record.saw({ bytes, capturedAt: i });
    }
    // 6,000 different pictures are more than the 4,096 remembered; of the second round none is known any more.
    expect(record.facts()).toMatchObject({ frames: 10_000, looped: 0, longestRepeat: 1 });
  });
});

describe('hashOf', () => {
  it('changes with every single bit, with the order of words and with the length', () => {
    const random = new FakeRandom(4);
    for (const length of [1, 3, 4, 8, 61, 64]) {
      const bytes = random.bytes(length);
      const seen = new Set([hashOf(bytes)]);
      for (let bit = 0; bit < 8 * length; bit++) {
        const changed = new Uint8Array(bytes);
        changed[bit >> 3]! ^= 1 << (bit & 7);
        seen.add(hashOf(changed));
      }
      seen.add(hashOf(new Uint8Array([...bytes, 0])));
      expect(seen.size).toBe(8 * length + 2);
    }
    const swapped = new Uint8Array(32).fill(1, 0, 8).fill(2, 8, 16);
    const other = new Uint8Array(32).fill(2, 0, 8).fill(1, 8, 16);
    expect(hashOf(swapped)).not.toBe(hashOf(other));
  });

  it('is equal for equal bytes wherever they lie in memory, and spreads', () => {
    const bytes = new FakeRandom(5).bytes(1001);
    const shifted = new Uint8Array(1004).subarray(3);
    shifted.set(bytes);
    expect(hashOf(shifted)).toBe(hashOf(bytes));
    const seen = new Set<number>();
    const counter = new Uint32Array(4);
    for (let i = 0; i < 100_000; i++) {
      counter[i % 4]! += 1;
      seen.add(hashOf(new Uint8Array(counter.buffer)));
    }
    expect(seen.size).toBe(100_000);
    expect(Math.max(...[...seen].slice(0, 1000))).toBeLessThanOrEqual(Number.MAX_SAFE_INTEGER);
  });
});
