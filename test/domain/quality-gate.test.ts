import { describe, expect, it } from 'vitest';
import { judgePhoto } from '../../src/domain/quality-gate.js';
import { aFace } from '../fakes/faces.js';

const rules = { minEyeDistancePx: 60 };

describe('judgePhoto', () => {
  it('accepts one good face', () => {
    const face = aFace();
    expect(judgePhoto([face], rules)).toEqual({ ok: true, face });
  });

  it.each([
    [[], 'no_face'],
    [[aFace(), aFace({ height: 90, x: 80 })], 'several_faces'],
    [[aFace({ quality: { truncated: true } })], 'at_border'],
    [[aFace({ quality: { eyeDistancePx: 59 } })], 'too_small'],
    [[aFace({ quality: { brightness: 30 } })], 'too_dark'],
    [[aFace({ quality: { brightness: 240 } })], 'too_bright'],
    [[aFace({ quality: { sharpness: 29 } })], 'blurred'],
    [[aFace({ quality: { yaw: 0.5 } })], 'not_frontal'],
    [[aFace({ quality: { pitch: -0.5 } })], 'not_frontal'],
    [[aFace({ quality: { rollDegrees: -40 } })], 'not_frontal'],
    [[aFace({ quality: { sharpness: Number.NaN } })], 'blurred'],
  ] as const)('%# → %s', (faces, reason) => {
    const verdict = judgePhoto(faces, rules);
    expect(verdict).toMatchObject({ ok: false, reason });
    expect(!verdict.ok && verdict.detail).toMatch(/\.$/);
  });

  it('takes the one clearly dominant face, in whatever order the faces come', () => {
    const face = aFace();
    expect(judgePhoto([aFace({ height: 60, x: 60, who: 3 }), face], rules)).toEqual({ ok: true, face });
  });
});
