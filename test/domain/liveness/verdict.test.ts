import { describe, expect, it } from 'vitest';
import type { PoseEvidence } from '../../../src/domain/liveness/evidence.js';
import {
  GATE_NAMES,
  type GateName,
  type GateResult,
  type GateState,
  LIVENESS_REASONS,
  type LivenessReason,
} from '../../../src/domain/liveness/gate.js';
import { askGate, decide, neededGates, stateOf, withPose } from '../../../src/domain/liveness/verdict.js';

const STATES: readonly GateState[] = ['passed', 'failed', 'unavailable'];
/** A reason that tells the gates apart. */
const WHY: Record<GateName, LivenessReason> = {
  capture: 'frames_missing',
  passive: 'looks_like_picture',
  active: 'no_movement',
  binding: 'other_face',
};
const WHY_NOT: Record<GateName, LivenessReason> = {
  capture: 'camera_lost',
  passive: 'no_network',
  active: 'out_of_time',
  binding: 'too_few_frames',
};

function aGate(gate: GateName, state: GateState): GateResult {
  return { gate, state, reason: state === 'passed' ? 'ok' : state === 'failed' ? WHY[gate] : WHY_NOT[gate] };
}

function aPose(state: GateState): PoseEvidence {
  const reason = state === 'passed' ? 'ok' : state === 'failed' ? 'pose_mismatch' : 'body_not_seen';
  return { frames: 40, seconds: 4, distance: -2, threshold: -1, state, reason };
}

/** All 81 combinations of four gates. */
function combinations(): GateResult[][] {
  return Array.from({ length: 81 }, (_, n) =>
    GATE_NAMES.map((gate, i) => aGate(gate, STATES[Math.floor(n / 3 ** i) % 3]!)),
  );
}

/** Every order of a list. */
function orders<T>(list: readonly T[]): T[][] {
  if (list.length <= 1) return [[...list]];
  return list.flatMap((one, i) => orders([...list.slice(0, i), ...list.slice(i + 1)]).map((rest) => [one, ...rest]));
}

describe('decide', () => {
  it('passes exactly one of 81 combinations, whatever the pose says', () => {
    for (const pose of [aPose('passed'), aPose('failed'), undefined]) {
      const passed = combinations().filter(
        (gates) => withPose(decide(gates, GATE_NAMES), false, pose).state === 'passed',
      );
      expect(passed).toEqual([GATE_NAMES.map((gate) => aGate(gate, 'passed'))]);
    }
  });

  it('fails with the reason of the first failed gate, else is unavailable with that of the first such one', () => {
    for (const gates of combinations()) {
      const failed = gates.find(({ state }) => state === 'failed');
      const unavailable = gates.find(({ state }) => state === 'unavailable');
      const first = failed ?? unavailable;
      expect(decide(gates, GATE_NAMES)).toEqual(
        first === undefined ? { state: 'passed', reason: 'ok' } : { state: first.state, reason: first.reason },
      );
    }
  });

  it('says the same for every order of the gates', () => {
    for (const gates of combinations()) {
      const verdict = decide(gates, GATE_NAMES);
      for (const order of orders(gates)) expect(decide(order, GATE_NAMES)).toEqual(verdict);
    }
  });

  it('where a pose is wanted, a perfect one rescues nothing and a bad or absent one passes nothing', () => {
    const needed = neededGates('pose', 'full');
    for (const gates of combinations()) {
      const without = decide(gates, needed);
      expect(withPose(without, true, aPose('passed'))).toEqual(without);
      for (const pose of [aPose('failed'), aPose('unavailable'), undefined]) {
        const verdict = withPose(without, true, pose);
        expect(verdict.state).not.toBe('passed');
        if (without.state !== 'passed') expect(verdict).toEqual(without);
      }
    }
    const passed = { state: 'passed', reason: 'ok' } as const;
    expect(withPose(passed, true, aPose('failed'))).toEqual({ state: 'failed', reason: 'pose_mismatch' });
    expect(withPose(passed, true, aPose('unavailable'))).toEqual({ state: 'unavailable', reason: 'body_not_seen' });
    expect(withPose(passed, true, undefined)).toEqual({ state: 'unavailable', reason: 'not_measured' });
    expect(withPose(passed, true, { ...aPose('passed'), distance: Number.NaN }).state).toBe('unavailable');
  });

  it('does not pass without a needed gate, without any, or with a gate that answers twice', () => {
    const all = GATE_NAMES.map((gate) => aGate(gate, 'passed'));
    for (const gate of GATE_NAMES)
      expect(
        decide(
          all.filter((one) => one.gate !== gate),
          GATE_NAMES,
        ),
      ).toEqual({
        state: 'unavailable',
        reason: 'not_measured',
      });
    expect(decide(all, []).state).toBe('unavailable');
    expect(decide([], GATE_NAMES).state).toBe('unavailable');
    expect(decide([...all, aGate('binding', 'failed')], GATE_NAMES)).toEqual({ state: 'failed', reason: 'other_face' });
    expect(decide([aGate('passive', 'unavailable'), ...all], GATE_NAMES).state).toBe('unavailable');
  });

  it('asks only the gates that a factor needs', () => {
    expect(neededGates('liveness', 'passive')).toEqual(['capture', 'passive', 'binding']);
    expect(neededGates('liveness', 'full')).toEqual(GATE_NAMES);
    for (const level of ['passive', 'full'] as const)
      expect(neededGates('pose', level)).toEqual(['capture', 'active', 'binding']);
    const gates = [
      aGate('capture', 'passed'),
      aGate('passive', 'failed'),
      aGate('active', 'passed'),
      aGate('binding', 'passed'),
    ];
    expect(decide(gates, neededGates('pose', 'full')).state).toBe('passed');
    expect(decide(gates, neededGates('liveness', 'full'))).toEqual({ state: 'failed', reason: 'looks_like_picture' });
  });
});

describe('a gate that does not answer properly', () => {
  const broken: readonly (readonly [string, (gate: GateName) => unknown])[] = [
    ['nothing', () => undefined],
    ['null', () => null],
    ['NaN', () => Number.NaN],
    ['true', () => true],
    ['a word', () => 'passed'],
    ['a promise of a pass', (gate) => Promise.resolve(aGate(gate, 'passed'))],
    ['a score that is no number', (gate) => ({ ...aGate(gate, 'passed'), score: Number.NaN, threshold: 0.5 })],
    ['an infinite number of frames', (gate) => ({ ...aGate(gate, 'passed'), frames: Number.POSITIVE_INFINITY })],
    ['a fact that is no number', (gate) => ({ ...aGate(gate, 'passed'), facts: { residual: Number.NaN } })],
    ['a pass below its threshold', (gate) => ({ ...aGate(gate, 'passed'), score: 0.4, threshold: 0.5 })],
    ['a pass with a reason against it', (gate) => ({ ...aGate(gate, 'passed'), reason: 'fault' })],
    ['an unknown state', (gate) => ({ ...aGate(gate, 'passed'), state: 'fine' })],
    ['an unknown reason', (gate) => ({ ...aGate(gate, 'passed'), reason: 'because' })],
    ['the answer of another gate', (gate) => aGate(gate === 'binding' ? 'capture' : 'binding', 'passed')],
    [
      'an exception',
      () => {
        throw new Error('broken');
      },
    ],
  ];

  it.each(broken)('%s: unavailable, and the run does not pass', (_name, answer) => {
    for (const gate of GATE_NAMES) {
      const gates = GATE_NAMES.map((name) =>
        askGate(name, () => (name === gate ? answer(name) : aGate(name, 'passed'))),
      );
      const result = gates.find((one) => one.gate === gate)!;
      expect(result.state).toBe('unavailable');
      expect(decide(gates, GATE_NAMES)).toEqual({ state: 'unavailable', reason: result.reason });
      expect(JSON.stringify(gates)).not.toContain('null');
    }
  });

  it('each gate that fails alone fails the run', () => {
    for (const gate of GATE_NAMES) {
      const gates = GATE_NAMES.map((name) => askGate(name, () => aGate(name, name === gate ? 'failed' : 'passed')));
      expect(decide(gates, GATE_NAMES)).toEqual({ state: 'failed', reason: WHY[gate] });
    }
  });

  it('a failure stays one with a broken score', () => {
    const result = askGate('passive', () => ({ ...aGate('passive', 'failed'), score: Number.NaN, threshold: 0.5 }));
    expect(result).toEqual({ gate: 'passive', state: 'failed', reason: 'looks_like_picture', threshold: 0.5 });
  });
});

describe('stateOf', () => {
  it('takes what was not answered for no answer, and never says passed', () => {
    const unavailable = LIVENESS_REASONS.filter((reason) => stateOf(reason) === 'unavailable');
    expect(unavailable).toContain('camera_lost');
    expect(unavailable).toContain('page_gone');
    expect(unavailable).not.toContain('other_face');
    expect(unavailable).not.toContain('frames_repeated');
  });
});
