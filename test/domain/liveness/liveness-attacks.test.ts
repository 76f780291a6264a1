import { describe, expect, it } from 'vitest';
import { CHALLENGE_ACTIONS, type ChallengeAction, isTurn, needsBody } from '../../../src/domain/liveness/action.js';
import type { LivenessEvidence } from '../../../src/domain/liveness/evidence.js';
import type { VisionResult } from '../../../src/domain/observation.js';
import { seeded } from '../../support/seeded.js';
import { Replay, record } from '../../support/simulated-attacks.js';
import type { Appearance, Moment } from '../../support/simulated-person.js';
import { type Actor, BEGAN_AT, Cooperating, type Habits, type Screen, simulate } from '../../support/simulated-run.js';

const answer = ({ state, reason }: LivenessEvidence): string => `${state} ${reason}`;
const run = (actor: Actor, seed = 2, order = {}): string => answer(simulate({ seed, actor, order }).evidence);
const person = (habits: Habits): string => run(new Cooperating(habits));

/** A cooperating person, of whom something else is shown. */
function shown(change: (moment: Moment, sinceMs: number, screen: Screen) => Moment, habits: Habits = {}): Actor {
  const one = new Cooperating(habits);
  return { moment: (at, screen) => change(one.moment(at, screen), at - BEGAN_AT, screen) };
}

/** The same with another appearance. */
function looking(moment: Moment, appearance: Partial<Appearance>): Moment {
  return {
    people: moment.people.map((one) => ({ ...one, appearance: { ...one.appearance, ...appearance } })),
    ...(moment.capture && { capture: moment.capture }),
  };
}

describe('timing', () => {
  it('a movement that begins with the prompt, or before it, was not made for it', () => {
    expect(person({ reactionMs: -100 })).toBe('failed too_early');
    expect(person({ reactionMs: -500 })).toBe('failed too_early');
  });

  it('a movement that begins late, or not at all, fails', () => {
    expect(person({ reactionMs: 2600 })).toBe('failed no_movement');
    expect(person({ answer: () => undefined })).toBe('failed no_movement');
    expect(person({ reactionMs: 1800 })).toBe('passed ok');
  });

  it('a movement that is not finished in time fails', () => {
    const half = shown((moment) => ({
      people: moment.people.map(({ posture, appearance }) => ({
        appearance,
        posture: Object.fromEntries(Object.entries(posture).map(([action, amount]) => [action, 0.36 * amount])),
      })),
    }));
    const actions: ChallengeAction[] = ['turn_left', 'turn_right', 'look_up'];
    expect(run(half, 3, { actions })).toBe('failed out_of_time');
  });

  it('another action than the one asked for fails at once', () => {
    const head: ChallengeAction[] = CHALLENGE_ACTIONS.filter((action) => !needsBody(action) && action !== 'blink');
    for (let seed = 1; seed <= 6; seed++) {
      const wrong = new Cooperating({ answer: ({ action }) => head[(head.indexOf(action) + 1) % head.length] });
      expect(run(wrong, seed, { actions: head })).toBe('failed wrong_action');
    }
  });

  it('a page that does not show the prompt in two seconds is gone', () => {
    const { evidence, ms } = simulate({ seed: 2, actor: new Cooperating(), page: () => false });
    expect(answer(evidence)).toBe('unavailable page_gone');
    expect(ms).toBeLessThan(4500);
    const later = simulate({ seed: 2, actor: new Cooperating(), page: (at) => at < BEGAN_AT + 3000 });
    expect(later.evidence.state).not.toBe('passed');
  });

  it('the whole run ends when its time is over', () => {
    const restless = shown((moment, since) => looking(moment, { shift: 0.1 * Math.sin(since / 200) }));
    const { evidence, ms } = simulate({ seed: 2, order: { totalMs: 6000 }, actor: restless });
    expect(evidence.state).not.toBe('passed');
    expect(ms).toBeLessThanOrEqual(6400);
  });
});

describe('camera and face', () => {
  it('another face fails, in the pause, in the middle of an action, and as the movement begins', () => {
    for (const from of [1000, 1500, 2200, 3000, 4200, 5500])
      expect(run(shown((moment, since) => looking(moment, { who: since < from ? 1 : 2 })))).toBe('failed other_face');
  });

  it('another face for a tenth of a second fails', () => {
    const swapped = shown((moment, since) => looking(moment, { who: since > 2500 && since < 2660 ? 2 : 1 }));
    expect(run(swapped)).toBe('failed other_face');
  });

  it('another face in every action but not between them fails', () => {
    const swapped = shown((moment, _since, screen) => looking(moment, { who: screen.prompt === undefined ? 1 : 2 }));
    expect(run(swapped)).toBe('failed other_face');
  });

  it('a face that vanishes during the challenge, or jumps to another place, is lost', () => {
    const vanished = shown((moment, since) => (since > 3000 && since < 4000 ? { people: [] } : moment));
    expect(run(vanished)).toBe('failed track_lost');
    const jumped = shown((moment, since) => looking(moment, { shift: since < 3000 ? 0 : 0.06 }));
    expect(run(jumped)).toBe('failed track_lost');
  });

  it('a face that was missed before the challenge may come again', () => {
    const missed = shown((moment, since) => (since > 200 && since < 1000 ? { people: [] } : moment));
    expect(run(missed)).toBe('passed ok');
    const again = shown((moment, since) => (since % 1000 < 800 && since < 6000 ? { people: [] } : moment));
    expect(run(again)).toBe('failed track_lost');
  });

  it('scores of a face that nobody could compare are nobody’s', () => {
    const picture = { people: [{ posture: {}, appearance: { who: 1, live: 0.02 } }] };
    const stranger = { people: [{ posture: { turn_left: 0.8 }, appearance: { who: 2, live: 0.97 } }] };
    const swapped: Actor = { moment: (at) => (at - BEGAN_AT < 250 ? picture : stranger) };
    // As a network would that makes no embedding of a turned head.
    const channel = (result: VisionResult, at: number) => {
      const faces = result.faces.map(({ embedding, ...face }) =>
        Math.abs(face.quality.yaw) > 0.1 || embedding === undefined ? face : { ...face, embedding },
      );
      return [{ at: at + 120, result: { ...result, faces } }];
    };
    for (const level of ['passive', 'full'] as const)
      expect(simulate({ seed: 2, order: { level }, actor: swapped, channel }).evidence.state).not.toBe('passed');
  });

  it('level passive: scores of two faces are never one window', () => {
    const other = shown((moment, since) => looking(moment, { who: since < 700 ? 1 : 2 }));
    expect(run(other, 2, { level: 'passive' })).toBe('failed other_face');
    const broken = shown((moment, since) => (since % 900 < 800 ? moment : { people: [] }));
    expect(run(broken, 2, { level: 'passive', totalMs: 8000 })).toBe('passed ok');
    const gone = shown((moment, since) => (since % 1500 < 700 ? moment : { people: [] }));
    expect(run(gone, 2, { level: 'passive', totalMs: 8000 })).toBe('failed track_lost');
  });

  it('two people fail', () => {
    const two = shown((moment, since) =>
      since < 3000 || since > 3400
        ? moment
        : { people: [...moment.people, { posture: {}, appearance: { who: 3, live: 0.9, shift: 0.15 } }] },
    );
    for (const level of ['passive', 'full']) {
      const early = shown((moment) => ({
        people: [...moment.people, { posture: {}, appearance: { who: 3, live: 0.9, shift: 0.15 } }],
      }));
      expect(run(early, 2, { level })).toBe('failed several_faces');
    }
    expect(run(two)).toBe('failed several_faces');
  });

  it('what was measured while somebody else is in the picture does not count, however it comes', () => {
    // The second face is there in every frame that was embedded and scored, and never in three frames in a row.
    const beside = (result: VisionResult): VisionResult => {
      const [first] = result.faces;
      if (first?.embedding === undefined) return result;
      const { embedding: _, passive: __, mesh: ___, ...rest } = first;
      return { ...result, faces: [first, { ...rest, box: { ...first.box, x: first.box.x + 2 * first.box.width } }] };
    };
    for (const level of ['passive', 'full'] as const) {
      const { evidence } = simulate({
        seed: 2,
        order: { level },
        actor: new Cooperating(),
        channel: (result, at) => [{ result: beside(result), at: at + 120 }],
      });
      expect(evidence.state).not.toBe('passed');
      expect(evidence.gates.find(({ gate }) => gate === 'binding')).toMatchObject({
        reason: 'not_measured',
        frames: 0,
      });
      expect(evidence.gates.find(({ gate }) => gate === 'passive')).toMatchObject({
        reason: 'not_measured',
        frames: 0,
      });
    }
  });

  it('a frozen, looped or interrupted camera fails; a demo recording may begin anew', () => {
    const facts = (capture: NonNullable<Moment['capture']>): Actor => shown((moment) => ({ ...moment, capture }));
    for (const level of ['passive', 'full'] as const) {
      expect(run(facts({ longestRepeat: 5 }), 2, { level })).toBe('failed frames_repeated');
      expect(run(facts({ looped: 4 }), 2, { level })).toBe('failed frames_repeated');
      expect(run(facts({ longestGapMs: 900 }), 2, { level })).toBe('failed frames_missing');
      expect(run(facts({ clockWentBack: true }), 2, { level })).toBe('failed frames_missing');
      expect(run(facts({ longestRepeat: Number.NaN }), 2, { level })).toBe('unavailable fault');
      const camera = { kind: 'file', demo: true };
      expect(run(facts({ looped: 40 }), 2, { level, camera })).toBe('passed ok');
    }
  });

  it('a face that stays too small fails, one that comes nearer passes', () => {
    expect(
      run(
        shown((moment) => looking(moment, { distance: 1.3 })),
        2,
        { level: 'passive' },
      ),
    ).toBe('failed face_too_small');
    const nearer = shown((moment, since) => looking(moment, { distance: Math.max(0.7, 1.3 - since / 4000) }));
    expect(run(nearer, 2, { level: 'passive' })).toBe('passed ok');
  });

  it('a picture that the passive networks notice fails, also one that does everything asked', () => {
    for (const level of ['passive', 'full'])
      expect(
        run(
          shown((moment) => looking(moment, { live: 0.02 })),
          2,
          { level },
        ),
      ).toBe('failed looks_like_picture');
    const late = shown((moment, since) => looking(moment, { live: since < 3000 ? 0.97 : 0.02 }));
    expect(run(late)).toBe('failed looks_like_picture');
  });
});

describe('a flat picture that the passive networks do not notice', () => {
  it('moved about by hand is refused, where a turn is asked for as a flat picture', () => {
    const panned = (): Actor => ({
      moment: (at, screen) => {
        const still = screen.prompt === undefined;
        const shift = still ? 0 : 0.09 * Math.sin((at - screen.since) / 350);
        return { people: [{ posture: {}, appearance: { who: 1, live: 0.97, flat: true, shift } }] };
      },
    });
    const reasons: string[] = [];
    for (let seed = 1; seed <= 12; seed++) {
      const { evidence } = simulate({ seed, order: { factor: 'pose' }, actor: panned() });
      expect(evidence.state).toBe('failed');
      if (!needsBody(evidence.actions[0]!.action)) reasons.push(evidence.reason);
    }
    expect(reasons.length).toBeGreaterThan(3);
    expect(new Set(reasons)).toEqual(new Set(['flat_picture']));
  });

  it('tilted as it is asked to turn never passes a turn', () => {
    const flat = { who: 1, live: 0.97, flat: true };
    for (let seed = 1; seed <= 12; seed++) {
      const { evidence } = simulate({ seed, actor: new Cooperating({ appearance: flat }) });
      expect(evidence.state).toBe('failed');
      expect(evidence.actions.some(({ action, outcome }) => isTurn(action) && outcome === 'passed')).toBe(false);
    }
  });
});

describe('a recorded success', () => {
  it('is accepted again for the same prompts, so it is the draw that refuses it', () => {
    let accepted = 0;
    for (let seed = 1; seed <= 12; seed++)
      if (simulate({ seed, actor: new Replay(record(seed)) }).evidence.state === 'passed') accepted++;
    expect(accepted).toBeGreaterThanOrEqual(9);
  });

  it('played 500 times against fresh draws is accepted at most in 1 %', () => {
    const recordings = Array.from({ length: 20 }, (_, i) => record(i + 1));
    let accepted = 0;
    for (let i = 0; i < 500; i++) {
      const { evidence } = simulate({ seed: 1000 + i, actor: new Replay(recordings[i % recordings.length]!) });
      if (evidence.state === 'passed') accepted++;
    }
    console.log(`replays of a recorded success accepted: ${accepted} of 500`);
    expect(accepted).toBeLessThanOrEqual(5);
  }, 120_000);
});

describe('clips switched for every prompt, as fast as a person', () => {
  /** Somebody with a clip of every action; each lies somewhere else by up to so many centimetres at the distance of a person. */
  function switching(seed: number, centimetres: number): Actor {
    const random = seeded(seed);
    const clips = new Cooperating({ reactionMs: 700 });
    let id: string | undefined;
    let shift = 0;
    return {
      moment: (at, screen) => {
        if (screen.prompt?.id !== id) shift = ((2 * random() - 1) * centimetres) / 100;
        id = screen.prompt?.id;
        return { people: [{ posture: clips.posture(at, screen), appearance: { who: 1, live: 0.97, shift } }] };
      },
    };
  }

  it('answer the challenge where they fit to a centimetre, which is for the passive networks to notice', () => {
    const accepted = (centimetres: number): number => {
      const seeds = Array.from({ length: 20 }, (_, i) => i + 1);
      return seeds.filter((seed) => run(switching(seed + 99, centimetres), seed) === 'passed ok').length;
    };
    const [exact, apart] = [accepted(1), accepted(5)];
    console.log(`switched clips accepted: ${exact} of 20 within 1 cm, ${apart} of 20 within 5 cm`);
    // Not a promise but its limit: should this ever fail, docs/liveness.md claims too little.
    expect(exact).toBeGreaterThan(15);
    expect(apart).toBeLessThan(5);
    const noticed = { ...switching(1, 0) };
    const screenLike: Actor = {
      moment: (at, screen) => looking(noticed.moment(at, screen), { live: 0.02 }),
    };
    expect(run(screenLike)).toBe('failed looks_like_picture');
  });
});
