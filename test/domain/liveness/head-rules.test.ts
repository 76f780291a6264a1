import { describe, expect, it } from 'vitest';
import type { ActionRule } from '../../../src/domain/liveness/action-rule.js';
import { BlinkRule } from '../../../src/domain/liveness/blink-rule.js';
import type { HeadChange } from '../../../src/domain/liveness/head-change.js';
import { LookRule } from '../../../src/domain/liveness/look-rule.js';
import { MouthRule } from '../../../src/domain/liveness/mouth-rule.js';
import { TurnRule } from '../../../src/domain/liveness/turn-rule.js';

const REST: HeadChange = {
  yawDegrees: 0,
  asymmetry: 0,
  verticalAsymmetry: 0,
  eyeRatio: 1,
  mouthOpening: 0,
  residual: 0.01,
  movement: 0,
};

/** Shows one frame after the other, a tenth of a second apart unless told otherwise. */
function shown<R extends ActionRule>(rule: R, heads: readonly Partial<HeadChange>[], everyMs = 100): R {
  heads.forEach((head, i) => {
    rule.see({ at: i * everyMs, neutral: {}, head: { ...REST, ...head } });
  });
  return rule;
}
const times = (count: number, head: Partial<HeadChange>): Partial<HeadChange>[] =>
  Array.from({ length: count }, () => head);

describe('a turn', () => {
  /** Each just at the threshold of docs/liveness.md. */
  const LEFT = { yawDegrees: 10, asymmetry: 0.12, residual: 0.05 };

  it('is yaw, asymmetry and depth at once, in three frames', () => {
    expect(shown(new TurnRule(1), times(3, LEFT)).done).toBe(true);
    expect(shown(new TurnRule(1), times(2, LEFT)).done).toBe(false);
  });

  it.each([
    ['yaw', { yawDegrees: 9.9 }],
    ['asymmetry', { asymmetry: 0.119 }],
    ['depth', { residual: 0.049 }],
  ])('is not done while the %s is too small, however large the others are', (_name, change) => {
    const large = { yawDegrees: 40, asymmetry: 0.6, residual: 0.3 };
    expect(shown(new TurnRule(1), times(20, { ...large, ...change })).frames).toBe(0);
  });

  it('does not gather its measures from different frames', () => {
    const apart = [
      { yawDegrees: 30, asymmetry: 0.4 },
      { yawDegrees: 30, residual: 0.2 },
      { asymmetry: 0.4, residual: 0.2 },
    ];
    expect(shown(new TurnRule(1), [...apart, ...apart, ...apart]).frames).toBe(0);
  });

  it('goes to the side that was asked for', () => {
    const right = { yawDegrees: -10, asymmetry: -0.12, residual: 0.05 };
    expect(shown(new TurnRule(-1), times(3, right)).done).toBe(true);
    expect(shown(new TurnRule(1), times(9, right)).frames).toBe(0);
    expect(shown(new TurnRule(-1), times(9, LEFT)).frames).toBe(0);
    // Face to one side, nose to the other: nobody's head.
    expect(shown(new TurnRule(1), times(9, { ...LEFT, asymmetry: -0.12 })).frames).toBe(0);
  });

  it('is one movement: three moments of more than two seconds are none', () => {
    expect(shown(new TurnRule(1), times(3, LEFT), 1000).done).toBe(true);
    expect(shown(new TurnRule(1), times(9, LEFT), 1001).done).toBe(false);
  });

  it('is flat where much moved in one plane, not where little moved or the head left the plane more often', () => {
    const panned = { movement: 0.3 };
    expect(shown(new TurnRule(1), times(3, panned)).flat).toBe(true);
    expect(shown(new TurnRule(1), times(2, panned)).flat).toBe(false);
    expect(shown(new TurnRule(1), times(30, { movement: 0.25 })).flat).toBe(false);
    expect(shown(new TurnRule(1), [...times(4, panned), ...times(4, { ...panned, residual: 0.05 })]).flat).toBe(false);
  });
});

describe('a look', () => {
  it('goes up or down as asked, with some depth, in three frames', () => {
    const down = { verticalAsymmetry: 0.12, residual: 0.03 };
    expect(shown(new LookRule(1), times(3, down)).done).toBe(true);
    expect(shown(new LookRule(-1), times(9, down)).frames).toBe(0);
    expect(shown(new LookRule(-1), times(3, { ...down, verticalAsymmetry: -0.12 })).done).toBe(true);
    expect(shown(new LookRule(1), times(9, { ...down, verticalAsymmetry: 0.119 })).frames).toBe(0);
    expect(shown(new LookRule(1), times(9, { ...down, residual: 0.029 })).frames).toBe(0);
  });

  it('is none where the head goes more to the side', () => {
    const aside = { verticalAsymmetry: 0.2, asymmetry: -0.21, residual: 0.1 };
    expect(shown(new LookRule(1), times(9, aside)).frames).toBe(0);
  });
});

describe('an open mouth and closed eyes', () => {
  it('open by three tenths of the width of the lips', () => {
    expect(shown(new MouthRule(), times(3, { mouthOpening: 0.3 })).done).toBe(true);
    expect(shown(new MouthRule(), times(9, { mouthOpening: 0.29 })).done).toBe(false);
  });

  it('close in two frames and open again', () => {
    const shut = { eyeRatio: 0.65 };
    const open = { eyeRatio: 0.8 };
    expect(shown(new BlinkRule(), [shut, shut, open]).done).toBe(true);
    expect(shown(new BlinkRule(), [shut, open, open]).done).toBe(false);
    expect(shown(new BlinkRule(), [shut, shut, { eyeRatio: 0.79 }]).done).toBe(false);
    expect(shown(new BlinkRule(), [...times(9, { eyeRatio: 0.66 }), open]).done).toBe(false);
    expect(shown(new BlinkRule(), [shut, ...times(15, { eyeRatio: 0.7 }), shut, open]).done).toBe(false);
  });

  it('do not count as closed in a head that looks up or down, nor in a picture that is tilted', () => {
    for (const other of [{ verticalAsymmetry: -0.12 }, { movement: 0.26 }]) {
      const shut = { eyeRatio: 0.5, ...other };
      expect(shown(new BlinkRule(), [shut, shut, shut, {}]).done).toBe(false);
    }
  });
});
