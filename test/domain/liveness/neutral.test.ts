import { describe, expect, it } from 'vitest';
import { BODY } from '../../../src/domain/liveness/body-points.js';
import type { MeasuredFrame } from '../../../src/domain/liveness/measured-frame.js';
import { neutralOf } from '../../../src/domain/liveness/neutral.js';
import { actingBody } from '../../support/acting-body.js';
import { gaussian, seeded } from '../../support/seeded.js';
import { type HeadPose, headFrame } from '../../support/synthetic-head.js';

const noise = { px: 1, gaussian: gaussian(seeded(4)) };
const gap = (poses: readonly HeadPose[]): MeasuredFrame[] => poses.map((pose, i) => headFrame(i * 100, pose, noise));

describe('the person at rest', () => {
  it('is the median of the frames of a gap, and its mesh one of them', () => {
    const frames = gap([{}, {}, {}, {}, { eyes: 0.1 }]);
    const neutral = neutralOf(frames)!;
    expect(Math.abs(neutral.head!.yawDegrees)).toBeLessThan(2);
    expect(neutral.head!.eyeOpening).toBeGreaterThan(0.25);
    expect(frames.map((frame) => frame.face!.mesh)).toContain(neutral.mesh);
    expect(neutral.body).toBeUndefined();
  });

  it('is unknown while fewer than three frames look straight and keep still', () => {
    expect(neutralOf([])).toBeUndefined();
    expect(neutralOf(gap([{}, {}]))).toBeUndefined();
    expect(neutralOf(gap([{}, {}, { yaw: 30 }, { yaw: 30 }, { yaw: 30 }, { yaw: 30 }]))).toBeUndefined();
    expect(neutralOf(gap([{ yaw: -16 }, { yaw: -8 }, { yaw: 0 }, { yaw: 8 }, { yaw: 16 }]))).toBeUndefined();
    const without = gap([{}, {}, {}, {}]).map(({ at, width, height }) => ({ at, width, height, faces: 0 }));
    expect(neutralOf(without)).toBeUndefined();
  });

  it('one frame given three times is one frame', () => {
    const [frame] = gap([{}]);
    expect(neutralOf([frame!, frame!, frame!])).toBeUndefined();
  });

  it('leaves out the end of the last movement and frames that were not measured', () => {
    const back = gap([{ yaw: 30 }, { yaw: 20 }, { yaw: 9 }, {}, {}, {}, {}]);
    const broken = {
      ...back[3]!,
      at: 900,
      face: { ...back[3]!.face!, mesh: { points: new Float32Array(9), sidePx: 1, score: 1 } },
    };
    expect(Math.abs(neutralOf([...back, broken])!.head!.yawDegrees)).toBeLessThan(2);
  });

  it('does not depend on the order of the frames', () => {
    const frames = gap([{}, { yaw: 3 }, {}, { pitch: 2 }, {}]);
    expect(neutralOf(frames.toReversed())!.head).toEqual(neutralOf(frames)!.head);
  });

  it('has a body where both shoulders were seen twice; a point that was not seen twice has score 0', () => {
    const once = gap([{}, {}, {}, {}]).map((frame, i) => (i === 0 ? { ...frame, body: actingBody() } : frame));
    expect(neutralOf(once)!.body).toBeUndefined();
    const unseen = [BODY.left.wrist];
    const twice = once.map((frame, i) => (i === 2 ? { ...frame, body: actingBody({ unseen }) } : frame));
    const body = neutralOf(twice)!.body!;
    expect(body.points[3 * BODY.left.wrist + 2]).toBe(0);
    expect(body.points[3 * BODY.right.wrist + 2]).toBeCloseTo(0.7);
    expect(body.points[3 * BODY.left.shoulder]! - body.points[3 * BODY.right.shoulder]!).toBeCloseTo(150, 3);
    const hidden = once.map((frame) => ({ ...frame, body: actingBody({ unseen: [BODY.right.shoulder] }) }));
    expect(neutralOf(hidden)!.body).toBeUndefined();
  });
});
