import { describe, expect, it } from 'vitest';
import { CHALLENGE_ACTIONS, type ChallengeAction, isTurn, needsBody } from '../../../src/domain/liveness/action.js';
import type { LivenessEvidence } from '../../../src/domain/liveness/evidence.js';
import { LivenessRun } from '../../../src/domain/liveness/liveness-run.js';
import type { LivenessOrder, PoseTake } from '../../../src/domain/liveness/run-order.js';
import { aVector } from '../../fakes/faces.js';
import { gaussian, seeded } from '../../support/seeded.js';
import { SimulatedCamera } from '../../support/simulated-person.js';
import {
  type Actor,
  anOrder,
  BEGAN_AT,
  Cooperating,
  FRAME_MS,
  SESSION,
  simulate,
} from '../../support/simulated-run.js';

const answer = ({ state, reason }: LivenessEvidence): string => `${state} ${reason}`;
const LIVE = { who: 1, live: 0.97 };
const EVERYTHING = { passive: true, mesh: true, body: true };

/** Everything that is measured of somebody who stands still. */
function standing(run: LivenessRun, frames: number, from = BEGAN_AT + 50, who = 1, takenAt?: number): void {
  const camera = new SimulatedCamera({ seed: 5, session: SESSION, intervalMs: FRAME_MS });
  const there = { people: [{ posture: {}, appearance: { who, live: 0.97 } }] };
  for (let i = 0; i < frames; i++) run.see(camera.result(takenAt ?? from + i * FRAME_MS, there, EVERYTHING));
}

describe('a cooperating person', () => {
  it('passes at level passive in a second and a half, without face mesh', () => {
    const { evidence, ms, views } = simulate({ seed: 1, order: { level: 'passive' }, actor: new Cooperating() });
    expect(answer(evidence)).toBe('passed ok');
    expect(evidence.gates.map(({ gate, state }) => `${gate} ${state}`)).toEqual([
      'capture passed',
      'passive passed',
      'binding passed',
    ]);
    expect(ms).toBeLessThanOrEqual(1500);
    expect(evidence.gates[1]).toMatchObject({ threshold: 0.5, facts: { mesh: 0, detector: 10 } });
    expect(views.every((view) => view.phase === 'passive' || view.phase === 'over')).toBe(true);
  });

  it('passes every action, whatever is drawn, and the record holds every gate, action, time and network', () => {
    const done = new Set<ChallengeAction>();
    for (let seed = 1; seed <= 24; seed++) {
      const { evidence, ms } = simulate({ seed, actor: new Cooperating() });
      expect(answer(evidence)).toBe('passed ok');
      expect(evidence.actions.map(({ outcome }) => outcome)).toEqual(['passed', 'passed', 'passed']);
      expect(evidence.actions.some(({ action }) => isTurn(action))).toBe(true);
      expect(ms).toBeLessThanOrEqual(8000);
      for (const { action, shownMs, onsetMs, verifiedMs, frames, measures } of evidence.actions) {
        done.add(action);
        expect(shownMs).toBeGreaterThan(0);
        expect(onsetMs).toBeGreaterThanOrEqual(600);
        expect(verifiedMs).toBeGreaterThan(onsetMs!);
        expect(frames).toBeGreaterThanOrEqual(2);
        expect(Object.keys(measures).length).toBeGreaterThan(0);
      }
      expect(evidence).toMatchObject({
        version: 1,
        factor: 'liveness',
        level: 'full',
        networks: { passive: 'sha256:aa', mesh: 'sha256:bb', body: 'sha256:cc' },
        camera: { kind: 'test', demo: false },
        durationMs: ms,
      });
      expect(evidence.gates).toHaveLength(4);
      for (const gate of evidence.gates) {
        expect(gate.frames).toBeGreaterThan(0);
        expect(gate.reason).toBe('ok');
      }
    }
    expect([...done].sort()).toEqual([...CHALLENGE_ACTIONS].sort());
  });

  it('passes with a slow camera, and with a slow reaction', () => {
    for (let seed = 1; seed <= 6; seed++) {
      expect(answer(simulate({ seed, frameMs: 150, actor: new Cooperating() }).evidence)).toBe('passed ok');
      const slow = simulate({ seed, actor: new Cooperating({ reactionMs: 1300, movementMs: 1200, returnMs: 800 }) });
      expect(answer(slow.evidence)).toBe('passed ok');
    }
  });

  it('passes with a mirrored picture when left and right are told to be exchanged', () => {
    const mirrored = (action: ChallengeAction): ChallengeAction =>
      action.includes('left')
        ? (action.replace('left', 'right') as ChallengeAction)
        : (action.replace('right', 'left') as ChallengeAction);
    const actor = () => new Cooperating({ answer: ({ action }) => mirrored(action) });
    for (let seed = 1; seed <= 6; seed++) {
      expect(answer(simulate({ seed, order: { mirrored: true }, actor: actor() }).evidence)).toBe('passed ok');
      expect(simulate({ seed, actor: actor() }).evidence.state).toBe('failed');
    }
  });

  it('asks for the body only where an action needs it', () => {
    const wished: boolean[] = [];
    let run: LivenessRun | undefined;
    const { evidence } = simulate({
      seed: 3,
      order: { actions: ['turn_left', 'look_up', 'look_down', 'open_mouth'] },
      actor: new Cooperating(),
      meanwhile: (one) => {
        run = one;
        wished.push(one.wish().body);
      },
    });
    expect(answer(evidence)).toBe('passed ok');
    expect(wished).not.toContain(true);
    expect(run?.wish()).toEqual({ passive: false, mesh: false, body: false, colour: false });
    const seen = new Map<ChallengeAction, boolean>();
    simulate({
      seed: 4,
      actor: new Cooperating(),
      meanwhile: (one, since) => {
        const { prompt } = one.view(BEGAN_AT + since);
        if (prompt !== undefined) seen.set(prompt.action, one.wish().body);
      },
    });
    expect(seen.size).toBe(3);
    for (const [action, body] of seen) if (needsBody(action)) expect(body).toBe(true);
  });

  it('factor pose: passes without the passive network', () => {
    const networks = { mesh: 'sha256:bb', body: 'sha256:cc' };
    const { evidence } = simulate({ seed: 2, order: { factor: 'pose', networks }, actor: new Cooperating() });
    expect(answer(evidence)).toBe('passed ok');
    expect(evidence.gates.map(({ gate }) => gate)).toEqual(['capture', 'active', 'binding']);
  });

  it('is compared with the template where one is given', () => {
    for (const level of ['passive', 'full'] as const) {
      const own = { vector: aVector(1), threshold: 0.5 };
      const other = { vector: aVector(2), threshold: 0.5 };
      expect(answer(simulate({ seed: 2, order: { level, reference: own }, actor: new Cooperating() }).evidence)).toBe(
        'passed ok',
      );
      const refused = simulate({ seed: 2, order: { level, reference: other }, actor: new Cooperating() }).evidence;
      expect(answer(refused)).toBe('failed other_face');
      // Everything else was fine: a perfect challenge rescues nothing.
      expect(refused.gates.filter(({ state }) => state === 'passed')).toHaveLength(level === 'full' ? 3 : 2);
    }
  });
});

describe('another action', () => {
  /** Cannot do these. */
  const unable = (actions: readonly ChallengeAction[]) => {
    const person = new Cooperating();
    return {
      moment: person.moment.bind(person),
      press: (_at: number, { prompt }: { prompt?: { action: ChallengeAction } }) =>
        prompt !== undefined && actions.includes(prompt.action) ? ('skip' as const) : undefined,
    };
  };

  it('may be asked for twice; the first time adds one more, and a turn is always among those done', () => {
    const hands: ChallengeAction[] = ['raise_left_hand', 'raise_right_hand'];
    let skipped = 0;
    for (let seed = 1; seed <= 16; seed++) {
      const { evidence } = simulate({ seed, actor: unable([...hands, 'turn_left']) });
      const changed = evidence.actions.filter(({ outcome }) => outcome === 'skipped');
      const done = evidence.actions.filter(({ outcome }) => outcome === 'passed');
      expect(changed.length).toBeLessThanOrEqual(2);
      if (evidence.state !== 'passed') continue;
      skipped += changed.length;
      expect(done).toHaveLength(changed.length === 0 ? 3 : 4);
      expect(done.some(({ action }) => isTurn(action))).toBe(true);
    }
    expect(skipped).toBeGreaterThan(5);
  });

  it('is refused for another prompt, a third time, and where no turn would be left', () => {
    const run = new LivenessRun(anOrder(1), BEGAN_AT);
    run.bind(SESSION);
    expect(run.skip('run.1', BEGAN_AT + 10)).toBe(false);
    expect(run.view(BEGAN_AT).skipsLeft).toBe(2);
    const noTurn = simulate({
      seed: 1,
      order: { actions: ['turn_left', 'look_up', 'look_down', 'open_mouth'] },
      actor: unable(['turn_left']),
    });
    // The only turn cannot be changed: nothing is done for it, which is no movement.
    expect(noTurn.evidence.actions.some(({ action, outcome }) => isTurn(action) && outcome === 'skipped')).toBe(false);
    const tooOften = simulate({ seed: 1, actor: unable(CHALLENGE_ACTIONS) });
    expect(tooOften.evidence.actions.filter(({ outcome }) => outcome === 'skipped')).toHaveLength(2);
  });
});

describe('what a run does not take for an answer', () => {
  it('ends at once where it could never pass', () => {
    const end = (changes: Partial<LivenessOrder>): string =>
      answer(new LivenessRun(anOrder(1, changes), BEGAN_AT).end!);
    expect(end({ camera: { kind: 'file', demo: false, refused: 'camera_not_allowed' } })).toBe(
      'unavailable camera_not_allowed',
    );
    expect(end({ networks: { mesh: 'm', body: 'b' } })).toBe('unavailable no_network');
    expect(end({ level: 'passive', networks: { mesh: 'm', body: 'b' } })).toBe('unavailable no_network');
    expect(end({ networks: { passive: 'p' } })).toBe('unavailable no_network');
    expect(end({ factor: 'pose', networks: { body: 'b' } })).toBe('unavailable no_network');
    expect(end({ actions: ['look_up', 'look_down', 'blink'] })).toBe('unavailable no_action_left');
  });

  it('the core pack alone: liveness is unavailable at either level, whatever is shown', () => {
    for (const level of ['passive', 'full'] as const) {
      const { evidence } = simulate({ seed: 1, order: { level, networks: {} }, actor: new Cooperating() });
      expect(answer(evidence)).toBe('unavailable no_network');
    }
  });

  it('counts no result before it is bound, of an earlier measuring, without facts, or taken before it began', () => {
    const run = new LivenessRun(anOrder(1, { level: 'passive' }), BEGAN_AT);
    standing(run, 30);
    run.bind(SESSION);
    standing(run, 30, BEGAN_AT - 5000);
    const camera = new SimulatedCamera({ seed: 1, session: SESSION - 1, intervalMs: FRAME_MS });
    for (let i = 0; i < 30; i++) {
      const result = camera.result(
        BEGAN_AT + i * FRAME_MS,
        { people: [{ posture: {}, appearance: LIVE }] },
        EVERYTHING,
      );
      run.see(result);
      const { capture: _, ...bare } = result;
      run.see(bare);
    }
    expect(run.end).toBeUndefined();
    run.tick(BEGAN_AT + 20_001);
    expect(run.end).toMatchObject({ state: 'unavailable', reason: 'not_measured', frames: 0 });
  });

  it('a measuring that began anew is another camera', () => {
    const { evidence } = simulate({
      seed: 1,
      actor: new Cooperating(),
      channel: (result, at) => [
        {
          result: at < BEGAN_AT + 3000 ? result : { ...result, capture: { ...result.capture!, session: SESSION + 1 } },
          at,
        },
      ],
    });
    expect(answer(evidence)).toBe('unavailable camera_lost');
    const rebound = new LivenessRun(anOrder(1), BEGAN_AT);
    rebound.bind(SESSION);
    rebound.bind(SESSION + 1);
    expect(answer(rebound.end!)).toBe('unavailable camera_lost');
  });

  it.each([
    ['camera_lost', 'unavailable'],
    ['camera_changed', 'unavailable'],
    ['page_gone', 'unavailable'],
    ['fault', 'unavailable'],
    ['ok', 'unavailable'],
    ['other_face', 'failed'],
    ['frames_repeated', 'failed'],
  ] as const)('ended from outside with %s it is %s', (reason, state) => {
    for (const level of ['passive', 'full'] as const) {
      const { evidence } = simulate({
        seed: 1,
        order: { level },
        actor: new Cooperating(),
        meanwhile: (run, since) => {
          if (since === 1000) run.failed(reason, BEGAN_AT + since);
        },
      });
      expect(answer(evidence)).toBe(`${state} ${reason === 'ok' ? 'fault' : reason}`);
    }
  });

  it('nothing changes after the end', () => {
    const run = new LivenessRun(anOrder(1, { level: 'passive' }), BEGAN_AT);
    run.bind(SESSION);
    run.failed('camera_lost', BEGAN_AT + 100);
    const before = structuredClone(run.end);
    standing(run, 60);
    run.tick(BEGAN_AT + 90_000);
    run.failed('other_face', BEGAN_AT + 200);
    expect(run.shown('run.1', BEGAN_AT + 300)).toBe(false);
    expect(run.skip('run.1', BEGAN_AT + 300)).toBe(false);
    expect(run.end).toEqual(before);
    expect(run.view(BEGAN_AT + 400)).toMatchObject({ phase: 'over', remainingMs: 0, skipsLeft: 0 });
  });

  it('whatever throws or is no number makes it unavailable', () => {
    const throwing = () => {
      throw new Error('broken');
    };
    const broken = simulate({ seed: 1, actor: new Cooperating(), order: {} });
    expect(broken.evidence.state).toBe('passed');
    const run = (parts: ConstructorParameters<typeof LivenessRun>[2]): string => {
      const one = new LivenessRun(anOrder(1), BEGAN_AT, parts);
      one.bind(SESSION);
      standing(one, 60);
      one.tick(BEGAN_AT + 30_000);
      return one.end!.state;
    };
    expect(run({ resting: throwing })).toBe('unavailable');
    expect(run({ resting: () => ({}), watch: throwing })).toBe('unavailable');
    for (const sameFace of [0, Number.NaN, 2, -1])
      expect(simulate({ seed: 1, order: { sameFace }, actor: new Cooperating() }).evidence.state).not.toBe('passed');
    for (const threshold of [0, Number.NaN, 2]) {
      const order = { level: 'passive', reference: { vector: aVector(1), threshold } } as const;
      expect(simulate({ seed: 1, order, actor: new Cooperating() }).evidence.state).not.toBe('passed');
    }
    const short = { level: 'passive', reference: { vector: new Float32Array(4), threshold: 0.3 } } as const;
    expect(simulate({ seed: 1, order: short, actor: new Cooperating() }).evidence.state).not.toBe('passed');
    const run2 = new LivenessRun(anOrder(1), BEGAN_AT);
    run2.bind(SESSION);
    run2.tick(Number.NaN);
    expect(run2.shown('run.1', Number.NaN)).toBe(false);
    expect(run2.end).toBeUndefined();
    // Nor does it come into the record: a journal cannot hold it.
    run2.tick(Number.POSITIVE_INFINITY);
    standing(run2, 1);
    standing(run2, 1, 0, 1, Number.POSITIVE_INFINITY);
    run2.tick(BEGAN_AT + 30_000);
    expect(run2.end).toMatchObject({ state: 'failed', reason: 'frames_missing', durationMs: 50 });
  });

  it('nobody there: unavailable when the time is over', () => {
    for (const level of ['passive', 'full'] as const) {
      const { evidence, views } = simulate({ seed: 1, order: { level }, actor: { moment: () => ({ people: [] }) } });
      expect(evidence.state).toBe('unavailable');
      expect(views.findLast(({ phase }) => phase !== 'over')?.hint).toBe('no_face');
    }
  });

  it('nobody who stands there is asked to step before the camera: not at the beginning, not when one frame shows no face', () => {
    const camera = new SimulatedCamera({ seed: 5, session: SESSION, intervalMs: FRAME_MS });
    const run = new LivenessRun(anOrder(1), BEGAN_AT);
    run.bind(SESSION);
    const hints = [run.view(BEGAN_AT).hint];
    const people = [{ posture: {}, appearance: LIVE }];
    for (let i = 0; i < 45; i++) {
      const at = BEGAN_AT + 50 + i * FRAME_MS;
      run.see(camera.result(at, { people: i % 7 === 3 ? [] : people }, EVERYTHING));
      hints.push(run.view(at + 60).hint);
    }
    expect(hints).not.toContain('no_face');
    for (let i = 45; i < 55; i++) run.see(camera.result(BEGAN_AT + 50 + i * FRAME_MS, { people: [] }, EVERYTHING));
    expect(run.view(BEGAN_AT + 50 + 55 * FRAME_MS).hint).toBe('no_face');
  });
});

describe('a pose take', () => {
  const takeOf = (judge: (take: PoseTake) => unknown, changes: Partial<LivenessOrder> = {}) =>
    simulate({
      seed: 2,
      order: {
        factor: 'pose',
        poseTake: true,
        totalMs: 27_000,
        judgePose: judge as NonNullable<LivenessOrder['judgePose']>,
        ...changes,
      },
      actor: new Cooperating(),
    });
  const evidence = { seconds: 4, state: 'passed', reason: 'ok' } as const;

  it('is four seconds of body after the challenge and a countdown of one', () => {
    let take: PoseTake | undefined;
    const { evidence: record, views } = takeOf((one) => {
      take = one;
      return { ...evidence, frames: one.frames.length };
    });
    expect(answer(record)).toBe('passed ok');
    expect(record.pose).toEqual({ ...evidence, frames: take!.frames.length });
    expect(take!.frames.length).toBeGreaterThan(25);
    const span = take!.frames.at(-1)!.at - take!.frames[0]!.at;
    expect(span).toBeGreaterThan(3700);
    expect(span).toBeLessThan(4000);
    const remaining = views.filter(({ phase }) => phase === 'pose_take').map(({ remainingMs }) => remainingMs);
    expect(Math.max(...remaining)).toBeGreaterThan(4500);
    expect(Math.min(...remaining)).toBeLessThan(300);
  });

  it('that is refused, not judged, or judged by nothing never passes', () => {
    expect(answer(takeOf(() => ({ ...evidence, frames: 30, state: 'failed', reason: 'pose_mismatch' })).evidence)).toBe(
      'failed pose_mismatch',
    );
    expect(
      answer(takeOf(() => ({ ...evidence, frames: 0, state: 'unavailable', reason: 'body_not_seen' })).evidence),
    ).toBe('unavailable body_not_seen');
    expect(takeOf(() => undefined).evidence.state).not.toBe('passed');
    expect(takeOf(() => ({ ...evidence, frames: 3, distance: Number.NaN })).evidence.state).not.toBe('passed');
    expect(
      takeOf(() => {
        throw new Error('broken');
      }).evidence.state,
    ).toBe('unavailable');
    const { judgePose: _, ...rest } = anOrder(2);
    expect(
      simulate({ seed: 2, order: { ...rest, factor: 'pose', poseTake: true }, actor: new Cooperating() }).evidence
        .state,
    ).toBe('unavailable');
  });

  it('is not asked of the factor liveness', () => {
    let asked = 0;
    const { evidence: record } = takeOf(
      () => {
        asked++;
        return { ...evidence, frames: 1, state: 'failed', reason: 'pose_mismatch' };
      },
      { factor: 'liveness' },
    );
    expect(answer(record)).toBe('passed ok');
    expect(asked).toBe(0);
  });
});

describe('colours of the screen', () => {
  /** Somebody whose face the screen lights, by this part of its light, a little later than it is painted. */
  const lit = (share: number): Actor => {
    const person = new Cooperating();
    const painted: { at: number; colour: string | undefined }[] = [];
    const noise = gaussian(seeded(9));
    return {
      moment: (at, screen) => {
        painted.push({ at, colour: screen.light?.colour });
        const colour = painted.findLast((one) => one.at <= at - 90)?.colour;
        const light = (place: number): number =>
          colour === undefined ? 0.2 : Number.parseInt(colour.slice(place, place + 2), 16) / 255;
        const level = (place: number, part: number): number =>
          255 * (0.12 + part * 0.2 * light(place) ** 2.2) ** (1 / 2.2) + 0.2 * noise();
        return {
          ...person.moment(at, screen),
          colour: {
            face: [level(5, share), level(3, share), level(1, share)],
            background: [level(5, 0), level(3, 0), level(1, 0)],
          },
        };
      },
    };
  };

  it('are a further part of the challenge: a face that answers to them passes, one that does not fails', () => {
    const order = { light: true, totalMs: 24_000 };
    const answers = simulate({ seed: 2, order, actor: lit(1) });
    expect(answer(answers.evidence)).toBe('passed ok');
    expect(answers.evidence.light).toMatchObject({ delayMs: expect.any(Number), score: expect.any(Number) });
    const ids = new Set(answers.views.flatMap(({ light }) => (light === undefined ? [] : [light.id])));
    expect(ids.size).toBeGreaterThanOrEqual(3);
    expect(answer(simulate({ seed: 2, order, actor: lit(0) }).evidence)).toBe('failed light_mismatch');
  });

  it('that were not measured, or not shown, are no answer', () => {
    const order = { light: true, totalMs: 24_000 };
    expect(answer(simulate({ seed: 2, order, actor: new Cooperating() }).evidence)).toBe('unavailable not_measured');
    let dark = false;
    const gone = simulate({
      seed: 2,
      order,
      actor: lit(1),
      page: () => !dark,
      meanwhile: (run, since) => {
        dark ||= run.view(BEGAN_AT + since).phase === 'light';
      },
    });
    expect(answer(gone.evidence)).toBe('unavailable page_gone');
  });

  it('are not asked for at level passive', () => {
    expect(answer(simulate({ seed: 2, order: { level: 'passive', light: true }, actor: lit(0) }).evidence)).toBe(
      'passed ok',
    );
  });
});
