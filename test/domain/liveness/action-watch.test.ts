import { describe, expect, it, vi } from 'vitest';
import {
  CHALLENGE_ACTIONS,
  type ChallengeAction,
  needsBody,
  TURN_ACTIONS,
} from '../../../src/domain/liveness/action.js';
import type { ActionProgress, Neutral } from '../../../src/domain/liveness/action-progress.js';
import { neutralOf, watchAction } from '../../../src/domain/liveness/action-watch.js';
import { BODY } from '../../../src/domain/liveness/body-points.js';
import type { MeasuredFrame } from '../../../src/domain/liveness/measured-frame.js';
import { type Acting, actingBody } from '../../support/acting-body.js';
import { gaussian, seeded } from '../../support/seeded.js';
import { type HeadPose, headFrame, type Noise } from '../../support/synthetic-head.js';

/** Many trials: a busy machine may take its time. */
vi.setConfig({ testTimeout: 120_000 });

const FRAME_MS = 100;

interface Moment {
  readonly head?: HeadPose;
  readonly body?: Acting;
}

/** What a person shows at `part` (0–1) of an action. */
const SHOWS: Readonly<Record<ChallengeAction, (part: number) => Moment>> = {
  turn_left: (part) => ({ head: { yaw: 30 * part } }),
  turn_right: (part) => ({ head: { yaw: -30 * part } }),
  look_up: (part) => ({ head: { pitch: -25 * part } }),
  look_down: (part) => ({ head: { pitch: 25 * part } }),
  open_mouth: (part) => ({ head: { mouth: part } }),
  blink: (part) => ({ head: { eyes: 1 - 0.8 * part } }),
  raise_left_hand: (part) => ({ body: { leftHand: part } }),
  raise_right_hand: (part) => ({ body: { rightHand: part } }),
  lean_left: (part) => ({ body: { lean: 0.7 * part } }),
  lean_right: (part) => ({ body: { lean: -0.7 * part } }),
};

const noiseOf = (seed: number): Noise => ({ px: 1, gaussian: gaussian(seeded(seed)) });

/** Frames at ten a second; the body is measured in every second one. */
function frames(moments: readonly Moment[], seed: number, from = 0): MeasuredFrame[] {
  const noise = noiseOf(seed);
  return moments.map(({ head, body }, i) => {
    const frame = headFrame(from + i * FRAME_MS, head, noise);
    return i % 2 === 0 ? { ...frame, body: actingBody(body, { ...noise, px: 2 }) } : frame;
  });
}

const still = (count: number): Moment[] => Array.from({ length: count }, () => ({}));

function restOf(seed: number, moment: Moment = {}): Neutral {
  return neutralOf(frames([moment, moment, moment, moment, moment, moment], seed + 10_000))!;
}

/** Reaction 0.4 s, movement 0.8 s, held 0.6 s, and back. */
function performed(action: ChallengeAction): Moment[] {
  const shows = SHOWS[action];
  const rise = Array.from({ length: 8 }, (_, i) => shows((i + 1) / 8));
  const hold = Array.from({ length: 6 }, () => shows(1));
  return [...still(4), ...rise, ...hold, ...rise.toReversed(), ...still(3)];
}

function watched(
  action: ChallengeAction,
  seen: readonly MeasuredFrame[],
  neutral: Neutral,
  mirrored = false,
): ActionProgress[] {
  const watch = watchAction(action, neutral, mirrored);
  return seen.map((frame) => watch.see(frame));
}

const SIDES: Partial<Record<ChallengeAction, ChallengeAction>> = {
  turn_left: 'turn_right',
  turn_right: 'turn_left',
  raise_left_hand: 'raise_right_hand',
  raise_right_hand: 'raise_left_hand',
  lean_left: 'lean_right',
  lean_right: 'lean_left',
};

describe('each action, done by a head and body by formula', () => {
  it.each(CHALLENGE_ACTIONS)('%s is found, after it has begun, with its measures', (action) => {
    for (let seed = 0; seed < 10; seed++) {
      const steps = watched(action, frames(performed(action), seed), restOf(seed));
      const last = steps.at(-1)!;
      expect(last.state).toBe('done');
      expect(last.progress).toBe(1);
      expect(last.flat).toBe(false);
      expect(last.frames).toBeGreaterThanOrEqual(action === 'blink' ? 2 : 3);
      expect(Object.values(last.measures).every(Number.isFinite)).toBe(true);
      const states = steps.map((step) => step.state);
      expect(states.slice(0, 4)).toEqual(['waiting', 'waiting', 'waiting', 'waiting']);
      expect(states.indexOf('moving')).toBeGreaterThan(3);
      expect(states.indexOf('done')).toBeGreaterThan(states.indexOf('moving'));
      expect(states).not.toContain('wrong');
    }
  });

  it.each(CHALLENGE_ACTIONS)('%s is never taken for another one', (shown) => {
    for (const asked of CHALLENGE_ACTIONS) {
      if (asked === shown) continue;
      const seed = 3;
      const last = watched(asked, frames(performed(shown), seed), restOf(seed)).at(-1)!;
      expect(last.state, `asked ${asked}`).not.toBe('done');
      // Everybody blinks; actions of the head do not count while the body is watched, nor the reverse.
      if (shown !== 'blink' && needsBody(shown) === needsBody(asked))
        expect(last.state, `asked ${asked}`).toBe('wrong');
      else expect(last.state, `asked ${asked}`).toBe('waiting');
    }
  });

  it('in a mirrored picture left and right are exchanged', () => {
    for (const action of CHALLENGE_ACTIONS) {
      const asShown = SIDES[action] ?? action;
      const seen = frames(performed(asShown), 5);
      expect(watched(action, seen, restOf(5), true).at(-1)!.state).toBe('done');
      if (asShown !== action) expect(watched(action, seen, restOf(5)).at(-1)!.state).toBe('wrong');
    }
  });

  it('once done or wrong it stays so', () => {
    const seen = [...frames(performed('turn_left'), 1), ...frames(performed('turn_right'), 2, 10_000)];
    expect(watched('turn_left', seen, restOf(1)).at(-1)!.state).toBe('done');
    expect(watched('turn_right', seen, restOf(1)).at(-1)!.state).toBe('wrong');
  });

  it('a turn that is too small moves, is not done, and is told to go further', () => {
    const last = watched(
      'turn_left',
      frames(
        Array.from({ length: 15 }, () => ({ head: { yaw: 12 } })),
        4,
      ),
      restOf(4),
    ).at(-1)!;
    expect(last.state).toBe('moving');
    expect(last.hint).toBe('turn_further');
    expect(last.progress).toBeGreaterThan(0.4);
    expect(last.progress).toBeLessThan(1);
  });

  it('a person who already looks a little aside turns from there', () => {
    const rest = restOf(6, { head: { yaw: 8 } });
    const seen = frames(
      [8, 10, 14, 20, 26, 32, 36, 36, 36].map((yaw) => ({ head: { yaw } })),
      6,
    );
    expect(watched('turn_left', seen, rest).at(-1)!.state).toBe('done');
  });

  it('one short blink that nobody asked for is not enough', () => {
    const shut: Moment = { head: { eyes: 0.2 } };
    expect(watched('blink', frames([...still(5), shut, ...still(9)], 7), restOf(7)).at(-1)!.state).toBe('waiting');
    const kept = watched('blink', frames([...still(5), ...Array.from({ length: 8 }, () => shut)], 7), restOf(7)).at(
      -1,
    )!;
    expect(kept.state).toBe('moving');
  });

  it('an arm that was out of the picture is measured from where it comes in', () => {
    const unseen = [BODY.left.elbow, BODY.left.wrist, BODY.right.elbow, BODY.right.wrist, BODY.left.hip];
    const hidden: Moment = { body: { unseen } };
    const others = [BODY.right.elbow, BODY.right.wrist, BODY.left.hip];
    const rise = Array.from({ length: 12 }, (_, i): Moment => ({ body: { leftHand: 0.4 + i / 20, unseen: others } }));
    const hold = Array.from({ length: 6 }, (): Moment => ({ body: { leftHand: 1, unseen: others } }));
    const seen = frames([...Array.from({ length: 4 }, () => hidden), ...rise, ...hold], 8);
    expect(watched('raise_left_hand', seen, restOf(8, hidden)).at(-1)!.state).toBe('done');
    expect(watched('raise_right_hand', seen, restOf(8, hidden)).at(-1)!.state).toBe('wrong');
  });

  it('both hands up is neither', () => {
    const both = Array.from({ length: 12 }, (_, i): Moment => {
      const raised = Math.min(1, i / 6);
      return { body: { leftHand: raised, rightHand: raised } };
    });
    const last = watched('raise_left_hand', frames(both, 9), restOf(9)).at(-1)!;
    expect(last.state).not.toBe('done');
  });
});

describe('a person who stands still', () => {
  it('neither begins anything nor is called a picture: 20 trials of 2.5 s for every action', () => {
    for (let seed = 0; seed < 20; seed++) {
      const noise = noiseOf(seed);
      const sway = (i: number): HeadPose => ({
        yaw: 2 * Math.sin(i / 5 + seed),
        pitch: 1.5 * Math.cos(i / 7 + seed),
        x: 0.006 * Math.sin(i / 9 + seed),
        z: 0.5 + 0.01 * Math.sin(i / 8),
      });
      const seen = Array.from({ length: 25 }, (_, i): MeasuredFrame => {
        const frame = headFrame(i * FRAME_MS, sway(i), noise);
        return i % 2 === 0
          ? { ...frame, body: actingBody({ lean: 0.03 * Math.sin(i / 6) }, { ...noise, px: 3 }) }
          : frame;
      });
      for (const action of CHALLENGE_ACTIONS) {
        const last = watched(action, seen, restOf(seed)).at(-1)!;
        expect(last, `${action} ${seed}`).toMatchObject({ state: 'waiting', flat: false, frames: 0 });
      }
    }
  });
});

describe('paper', () => {
  /** Two seconds of a sheet moved by hand, by sums of waves. */
  function sheet(seed: number, depth: 'network' | 'true'): HeadPose[] {
    const random = seeded(seed);
    const between = (a: number, b: number): number => a + (b - a) * random();
    const wave = (amplitude: number): ((i: number) => number) => {
      const [size, speed, start] = [between(-amplitude, amplitude), between(0.05, 0.4), between(0, 6)];
      return (i) => size * (Math.sin(i * speed + start) - Math.sin(start));
    };
    const [yaw, pitch, roll, x, y, z] = [wave(35), wave(30), wave(15), wave(0.08), wave(0.03), wave(0.08)];
    return Array.from({ length: 25 }, (_, i) => ({
      yaw: yaw(i),
      pitch: pitch(i),
      roll: roll(i),
      x: x(i),
      y: y(i),
      z: 0.5 + z(i),
      flat: depth,
    }));
  }

  it('never turns, however it is held: 150 trials, most are told to be flat', () => {
    let flat = 0;
    let moved = 0;
    for (let seed = 0; seed < 150; seed++) {
      const depth = seed % 2 === 0 ? 'network' : 'true';
      const rest = restOf(seed, { head: { flat: depth } });
      const seen = frames(
        sheet(seed, depth).map((head) => ({ head })),
        seed,
      );
      for (const action of TURN_ACTIONS) {
        const last = watched(action, seen, rest).at(-1)!;
        expect(last.state, `seed ${seed}`).not.toBe('done');
        expect(last.frames, `seed ${seed}`).toBe(0);
        if (action === 'turn_left') {
          if (last.flat) flat++;
          if (last.measures.movement! > 0.35) moved++;
        }
      }
    }
    console.log(`paper moved by hand: called flat in ${flat} of 150 trials, moved much in ${moved}`);
    expect(moved).toBeGreaterThan(100);
    expect(flat).toBeGreaterThanOrEqual(0.9 * moved);
  });

  it('a picture of somebody never raises a hand, tilted to 45° and shifted: 120 trials', () => {
    let hanging = 0;
    let raised = 0;
    let flat = 0;
    for (let seed = 0; seed < 120; seed++) {
      const random = seeded(seed);
      const [yaw, pitch, x] = [90 * random() - 45, 60 * random() - 30, 0.3 * random() - 0.15];
      // Half of them show a raised hand from the beginning.
      const picture: Acting = { leftHand: seed % 2 };
      const at = (i: number): Moment => {
        const part = Math.min(1, i / 10);
        return { body: { ...picture, sheet: { yaw: yaw * part, pitch: pitch * part, x: x * part } } };
      };
      const seen = frames(
        Array.from({ length: 25 }, (_, i) => at(i)),
        seed,
      );
      for (const action of ['raise_left_hand', 'raise_right_hand'] as const) {
        const last = watched(action, seen, restOf(seed, at(0))).at(-1)!;
        expect(last.state, `seed ${seed}`).not.toBe('done');
        if (seed % 2 === 0) hanging = Math.max(hanging, last.measures.articulation!);
        else raised = Math.max(raised, last.measures.articulation!);
        if (action === 'raise_left_hand' && last.flat) flat++;
      }
    }
    console.log(
      `picture of a body: greatest articulation ${hanging.toFixed(3)} (hands hang), ${raised.toFixed(3)} (one hand up); called flat in ${flat} of 120 trials`,
    );
    expect(flat).toBeGreaterThan(40);
  });

  it('a picture can be pushed aside like somebody who leans: a lean says nothing of depth', () => {
    const seen = frames(
      Array.from({ length: 18 }, (_, i) => ({ body: { sheet: { x: 0.01 * i } } })),
      1,
    );
    const last = watched('lean_left', seen, restOf(1, { body: { sheet: {} } })).at(-1)!;
    expect(last.state).toBe('done');
  });
});

describe('what was not measured advances nothing', () => {
  it('frames without mesh, with broken meshes, without body, with unseen shoulders', () => {
    const broken = (frame: MeasuredFrame): MeasuredFrame => ({
      ...frame,
      face: { ...frame.face!, mesh: { ...frame.face!.mesh!, points: frame.face!.mesh!.points.map(() => Number.NaN) } },
      body: { points: new Float32Array(51).fill(Number.NaN) },
    });
    const without = ({ at, width, height }: MeasuredFrame): MeasuredFrame => ({ at, width, height, faces: 0 });
    for (const action of CHALLENGE_ACTIONS) {
      const seen = frames(performed(action), 2);
      for (const change of [broken, without]) {
        const steps = watched(action, seen.map(change), restOf(2));
        for (const step of steps) expect(step).toMatchObject({ state: 'waiting', progress: 0, frames: 0, flat: false });
        if (!needsBody(action)) expect(steps.at(-1)!.hint).toBe('no_face');
      }
    }
    const unseen = [BODY.left.shoulder];
    const hidden = frames(
      performed('raise_left_hand').map(({ body }) => ({ body: { ...body, unseen } })),
      2,
    );
    expect(watched('raise_left_hand', hidden, restOf(2)).at(-1)!.state).toBe('waiting');
  });

  it('without the person at rest nothing is ever done', () => {
    for (const action of CHALLENGE_ACTIONS) {
      const last = watched(action, frames(performed(action), 2), {}).at(-1)!;
      expect(last).toMatchObject({ state: 'waiting', frames: 0 });
      expect(last.hint).toBe(needsBody(action) ? 'show_shoulders' : 'no_face');
    }
  });

  it('a frame whose time is no number is left out', () => {
    const seen = frames(performed('turn_left'), 2).map((frame) => ({ ...frame, at: Number.NaN }));
    expect(watched('turn_left', seen, restOf(2)).at(-1)!.state).toBe('waiting');
  });
});

describe('order of frames', () => {
  /** People who do something half, late, twice, or the wrong thing. */
  function mixture(seed: number): { action: ChallengeAction; seen: MeasuredFrame[]; rest: Neutral } {
    const random = seeded(seed);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
    const action = pick(CHALLENGE_ACTIONS);
    const moments: Moment[] = [];
    while (moments.length < 22) {
      const shown = random() < 0.6 ? action : pick(CHALLENGE_ACTIONS);
      const part = random() < 0.5 ? 1 : random();
      for (let i = 0; i < 1 + Math.floor(random() * 4); i++) moments.push(random() < 0.3 ? {} : SHOWS[shown](part));
    }
    return { action, seen: frames(moments, seed), rest: restOf(seed) };
  }

  it('dropping frames never makes a success of anything but a success or another action; 120 mixtures', () => {
    let successes = 0;
    for (let seed = 0; seed < 120; seed++) {
      const { action, seen, rest } = mixture(seed);
      const whole = watched(action, seen, rest).at(-1)!;
      if (whole.state === 'done') successes++;
      const random = seeded(seed + 5);
      const dropped = seen.filter(() => random() < 0.7);
      const partly = dropped.length === 0 ? whole : watched(action, dropped, rest).at(-1)!;
      if (partly.state === 'done') expect(['done', 'wrong'], `seed ${seed}`).toContain(whole.state);
      if (whole.state === 'waiting' || whole.state === 'moving')
        expect(partly.frames, `seed ${seed}`).toBeLessThanOrEqual(whole.frames);
    }
    expect(successes).toBeGreaterThan(8);
    expect(successes).toBeLessThan(112);
  });

  it('duplicating frames changes nothing; permuting them only loses: 40 mixtures', () => {
    for (let seed = 0; seed < 40; seed++) {
      const { action, seen, rest } = mixture(seed);
      const whole = watched(action, seen, rest).at(-1)!;
      expect(
        watched(
          action,
          seen.flatMap((frame) => [frame, frame, frame]),
          rest,
        ).at(-1),
      ).toEqual(whole);
      const random = seeded(seed + 9);
      const shuffled = seen.map((frame) => ({ frame, key: random() })).sort((a, b) => a.key - b.key);
      const mixed = watched(
        action,
        shuffled.map(({ frame }) => frame),
        rest,
      ).at(-1)!;
      if (mixed.state === 'done') expect(['done', 'wrong'], `seed ${seed}`).toContain(whole.state);
    }
  });
});
