import { describe, expect, it } from 'vitest';
import { decodePose, encodePose, type PoseTemplate } from '../../../src/domain/liveness/pose-template.js';
import { bodyMotion, seenBody } from '../../../src/domain/liveness/pose-vector.js';
import { seeded } from '../../support/seeded.js';
import { someBody, someGesture, someTake } from '../../support/synthetic-bodies.js';

const draw = seeded(21);
const body = someBody(draw);
const gesture = someGesture(draw);
const samples = Array.from({ length: 5 }, (_, n) =>
  bodyMotion(seenBody(someTake(body, gesture, draw, { hips: n > 0 }), 12)!, gesture.arm),
);
const pose: PoseTemplate = { arm: gesture.arm, samples };

describe('what is stored of a pose signature', () => {
  it('comes back as it was', () => {
    const { vector, samples: stored } = encodePose(pose);
    expect(decodePose({ kind: 'pose', samples: stored })).toEqual(pose);
    // Version, arm, hips (one sample has none), then the mean of the means.
    expect([...vector.subarray(0, 3)]).toEqual([1, gesture.arm === 'right' ? 1 : 0, 0]);
    expect(vector).toHaveLength(17);
    expect(vector[3]).toBeCloseTo(samples.reduce((sum, { mean }) => sum + mean[0]!, 0) / 5, 5);
    expect(stored.map(({ length }) => length)).toEqual([177, 177, 177, 177, 177]);
  });

  it('holds neither pixels nor times of the take', () => {
    const { vector, samples: stored } = encodePose(pose);
    for (const values of [vector, ...stored]) expect(Math.max(...values.map(Math.abs))).toBeLessThan(4);
  });

  it('is no signature with another kind, layout, arm, length or value', () => {
    const stored = () => encodePose(pose).samples.map((values) => values.slice());
    const broken = (change: (samples: Float32Array[]) => void): unknown => {
      const copy = stored();
      change(copy);
      return decodePose({ kind: 'pose', samples: copy });
    };
    expect(broken(() => undefined)).toBeDefined();
    expect(decodePose({ kind: 'face', samples: stored() })).toBeUndefined();
    expect(decodePose({ kind: 'pose', samples: [] })).toBeUndefined();
    for (const [place, value] of [
      [0, 2],
      [1, 0.5],
      [1, gesture.arm === 'right' ? 0 : 1],
      [2, 3],
      [9, Number.NaN],
      [100, Number.POSITIVE_INFINITY],
      [100, 21],
    ] as const)
      expect(broken((copy) => copy[3]!.fill(value, place, place + 1))).toBeUndefined();
    expect(broken((copy) => copy.splice(1, 1, copy[1]!.subarray(1)))).toBeUndefined();
    // Two recordings of nothing would be alike.
    expect(broken((copy) => copy[0]!.fill(0, 3))).toBeUndefined();
    expect(broken((copy) => copy[0]!.fill(0, 17))).toBeUndefined();
  });

  it('is not made of nothing, of two arms or of no numbers', () => {
    const other = gesture.arm === 'left' ? 'right' : 'left';
    const nothing = { ...samples[0]!, gesture: new Float32Array(160) };
    const noNumber = { ...samples[0]!, mean: new Float32Array(14).fill(Number.NaN) };
    for (const bad of [[], [{ ...samples[0]!, arm: other } as const], [nothing], [samples[1]!, noNumber]])
      expect(() => encodePose({ arm: gesture.arm, samples: bad })).toThrow(/finite samples/);
  });
});
