import { describe, expect, it } from 'vitest';
import { BODY } from '../../../src/domain/liveness/body-points.js';
import { HandRule } from '../../../src/domain/liveness/hand-rule.js';
import { LeanRule } from '../../../src/domain/liveness/lean-rule.js';
import type { BodyPose } from '../../../src/domain/observation.js';
import { actingBody } from '../../support/acting-body.js';

const REST = actingBody();
const MIDDLE = [320, 240] as const;

/** The same body in a picture that is turned like the hand of a clock. */
function rolled({ points }: BodyPose, degrees: number): BodyPose {
  const angle = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const turned = points.slice();
  for (let i = 0; i < BODY.count; i++) {
    const [x, y] = [points[3 * i]! - MIDDLE[0], points[3 * i + 1]! - MIDDLE[1]];
    turned[3 * i] = MIDDLE[0] + x * cos - y * sin;
    turned[3 * i + 1] = MIDDLE[1] + x * sin + y * cos;
  }
  return { points: turned };
}

function shown<R extends HandRule | LeanRule>(rule: R, bodies: readonly BodyPose[], rest: BodyPose = REST): R {
  bodies.forEach((body, i) => {
    rule.see({ at: i * 100, body, neutral: { body: rest } });
  });
  return rule;
}
const times = (count: number, body: BodyPose): BodyPose[] => Array.from({ length: count }, () => body);

describe('a raised hand', () => {
  const up = actingBody({ leftHand: 1 });

  it('is the one that was asked for, alone, in three frames', () => {
    expect(shown(new HandRule('left'), times(3, up)).done).toBe(true);
    expect(shown(new HandRule('left'), times(2, up)).done).toBe(false);
    expect(shown(new HandRule('right'), times(9, up)).frames).toBe(0);
    expect(shown(new HandRule('left'), times(9, actingBody({ leftHand: 1, rightHand: 1 }))).frames).toBe(0);
  });

  it('has moved by itself: a picture turned on its side has one hand high above its shoulder, and raises none', () => {
    for (const side of ['left', 'right'] as const) {
      const quarter = side === 'left' ? -90 : 90;
      const steps = Array.from({ length: 30 }, (_, i) => rolled(REST, (quarter * i) / 20));
      const rule = shown(new HandRule(side), [...steps, ...times(9, rolled(REST, quarter))]);
      expect(rule.measures.handRise).toBeGreaterThan(1);
      expect(rule.measures.articulation).toBeLessThan(0.01);
      expect(rule.frames).toBe(0);
      expect(rule.flat).toBe(true);
    }
  });

  it('came from below: one that was up all the time is not raised, however the body bends', () => {
    const both = times(9, actingBody({ leftHand: 1, rightHand: 0.4 }));
    expect(shown(new HandRule('left'), both, up).frames).toBe(0);
  });
});

describe('a lean', () => {
  const leaning = (way: number): BodyPose[] => times(3, actingBody({ lean: way }));

  it('goes four tenths of a shoulder width to the side that was asked for, in three frames', () => {
    expect(shown(new LeanRule(1), leaning(0.401)).done).toBe(true);
    expect(shown(new LeanRule(1), leaning(0.401).slice(1)).done).toBe(false);
    expect(shown(new LeanRule(1), leaning(0.399)).frames).toBe(0);
    expect(shown(new LeanRule(-1), leaning(0.9)).frames).toBe(0);
    expect(shown(new LeanRule(-1), leaning(-0.401)).done).toBe(true);
  });
});
