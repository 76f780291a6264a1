import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CameraStanding } from '../../../src/auth/camera-standing.js';
import { LivenessFactor, type LivenessFactorParts } from '../../../src/auth/factors/liveness.js';
import { resultOf } from '../../../src/auth/factors/liveness-result.js';
import type { LivenessRequest } from '../../../src/auth/liveness-runs.js';
import { configSchema } from '../../../src/config/schema.js';
import type { LivenessTarget } from '../../../src/domain/attempt.js';
import type { FactorResult } from '../../../src/domain/factor.js';
import { LIVENESS_REASONS, type LivenessReason } from '../../../src/domain/liveness/gate.js';
import { LivenessRun } from '../../../src/domain/liveness/liveness-run.js';
import type { LivenessOrder } from '../../../src/domain/liveness/run-order.js';
import { withdrawFace } from '../../../src/people/enrolment-store.js';
import { enrolledState } from '../../fakes/enrolled.js';
import { someEvidence } from '../../fakes/fake-liveness.js';
import { LENS, LiveCamera, NETWORKS, scoredFace } from '../../support/live-frames.js';
import { SimulatedCamera } from '../../support/simulated-person.js';

let kiosk: Awaited<ReturnType<typeof enrolledState>>;
let camera: LiveCamera;
let standing: CameraStanding;
let orders: LivenessOrder[];
let faults: Error[];

beforeEach(async () => {
  kiosk = await enrolledState();
  await kiosk.vision.start();
  kiosk.vision.setStatus({ networks: NETWORKS });
  camera = new LiveCamera(kiosk);
  standing = LENS;
  orders = [];
  faults = [];
});
afterEach(() => kiosk.dispose());

function factor(more: Partial<LivenessFactorParts> = {}): LivenessFactor {
  return new LivenessFactor({
    ...kiosk,
    cameraStanding: () => standing,
    newRun: (order, at) => {
      orders.push(order);
      return new LivenessRun(order, at);
    },
    judgePose: () => ({ frames: 0, seconds: 0, state: 'unavailable', reason: 'body_not_seen' }),
    frameIntervalMs: 66,
    onFault: (fault) => faults.push(fault),
    ...more,
  });
}

function about(personId: string | undefined, more: Partial<LivenessTarget> = {}): LivenessTarget {
  const who = personId === undefined ? ({ kind: 'nobody' } as const) : ({ kind: 'person', personId } as const);
  return { factor: 'liveness', who, bound: true, ...more };
}

function begin(by: LivenessFactor, target: LivenessTarget, more: Partial<LivenessRequest> = {}) {
  const results: FactorResult[] = [];
  const run = by.begin({
    target,
    level: 'passive',
    proven: true,
    onEnd: (result) => results.push(result),
    ...more,
  });
  return { results, run };
}
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a passive run', () => {
  it('passes after the first full window of a living face that is the one named, and has measured no longer', async () => {
    const ada = await kiosk.enrol(1, 'Ada');
    const { results, run } = begin(factor(), about(ada.id));
    expect(kiosk.vision.measured?.wish).toMatchObject({ passive: true, body: false, colour: false });
    const frames = await camera.until([scoredFace(1)], () => results.length > 0);
    expect(run.view().phase).toBe('passive');
    expect(results).toHaveLength(1);
    expect(results[0]).toMatchObject({
      kind: 'liveness',
      outcome: 'passed',
      reason: 'ok',
      score: 0.93,
      threshold: 0.5,
    });
    expect(results[0]?.evidence).toMatchObject({
      level: 'passive',
      state: 'passed',
      networks: { passive: NETWORKS.passive.slice(0, 23) },
      camera: { kind: 'usb', demo: false },
    });
    // A second of frames, and not much more.
    expect(frames * 66).toBeGreaterThanOrEqual(1000);
    expect(frames * 66).toBeLessThanOrEqual(1500);
    expect(kiosk.vision.measured).toBeUndefined();
    expect(orders[0]?.reference).toMatchObject({ threshold: 0.5 });
    expect(orders[0]?.sameFace).toBe(0.5);
  });

  it.each([
    ['a picture', () => [scoredFace(1, 0.1)], 'failed', 'spoof_suspected', 'looks_like_picture'],
    ['somebody else', () => [scoredFace(2)], 'failed', 'no_match', 'other_face'],
    [
      'two people',
      () => [scoredFace(1), { ...scoredFace(2), box: { x: 0, y: 0, width: 200, height: 250 } }],
      'failed',
      'multiple_faces',
      'several_faces',
    ],
    ['nobody', () => [], 'unavailable', 'factor_unavailable', 'not_measured'],
  ] as const)('does not pass for %s', async (_name, faces, outcome, reason, why) => {
    const ada = await kiosk.enrol(1, 'Ada');
    const { results } = begin(factor(), about(ada.id));
    await camera.until(faces(), () => results.length > 0);
    expect(results).toHaveLength(1);
    expect(results[0]).toMatchObject({ outcome, reason });
    if (why !== 'not_measured') expect(results[0]?.evidence?.reason).toBe(why);
  });

  it('a name that nobody has, and a face that may not be compared, are compared with nobody before the proof', async () => {
    const ada = await kiosk.enrol(1, 'Ada');
    await kiosk.templates.remove(ada.id);
    for (const target of [about(undefined), about(ada.id), about('p_gone')]) {
      const { results } = begin(factor(), target, { proven: false });
      await camera.until([scoredFace(1)], () => results.length > 0);
      expect(results[0]).toMatchObject({ outcome: 'failed', reason: 'no_match' });
      expect(orders.at(-1)?.reference?.threshold).toBeGreaterThan(1);
    }
    const { results } = begin(factor(), about(ada.id), { proven: true });
    await settled();
    expect(results[0]).toMatchObject({ outcome: 'unavailable', evidence: { reason: 'not_measured' } });
  });
});

describe('a run', () => {
  it.each([
    ['the camera is lost', () => kiosk.vision.setStatus({ camera: 'lost' }), 'camera_lost'],
    ['the vision process begins anew', () => kiosk.vision.setStatus({ process: 'restarting' }), 'camera_lost'],
    [
      'another camera runs',
      () => {
        standing = { kind: 'usb', demo: false, refused: 'camera_changed' };
        kiosk.vision.setStatus({ fps: 14 });
      },
      'camera_changed',
    ],
    ['the network is gone', () => kiosk.vision.setStatus({ networks: {} }), 'no_network'],
  ] as const)('is over and unavailable when %s', async (_name, happen, reason) => {
    const ada = await kiosk.enrol(1, 'Ada');
    const { results } = begin(factor(), about(ada.id));
    for (let frame = 0; frame < 5; frame++) camera.show([scoredFace(1)]);
    happen();
    expect(results).toHaveLength(1);
    expect(results[0]).toMatchObject({ outcome: 'unavailable', reason: 'factor_unavailable', evidence: { reason } });
    expect(kiosk.vision.measured).toBeUndefined();
    for (let frame = 0; frame < 30; frame++) camera.show([scoredFace(1)]);
    expect(results).toHaveLength(1);
  });

  it('that cannot pass says why at once, though never from inside `begin`', async () => {
    const ada = await kiosk.enrol(1, 'Ada');
    standing = { kind: 'demo', demo: false, refused: 'camera_not_allowed' };
    const liveness = factor();
    expect(liveness.whyNot('liveness', 'passive')).toBe('camera_not_allowed');
    const { results } = begin(liveness, about(ada.id));
    expect(results).toEqual([]);
    await settled();
    expect(results[0]).toMatchObject({ outcome: 'unavailable', evidence: { reason: 'camera_not_allowed' } });
  });

  it('needs the passive network at level passive, the mesh for a challenge, and neither says more', () => {
    const liveness = factor();
    const why = (networks: object) => {
      kiosk.vision.setStatus({ networks });
      return [
        liveness.whyNot('liveness', 'passive'),
        liveness.whyNot('liveness', 'full'),
        liveness.whyNot('pose', 'full'),
      ];
    };
    const { passive, mesh, body } = NETWORKS;
    expect(why({ passive, mesh, body })).toEqual([undefined, undefined, undefined]);
    expect(why({ passive, mesh })).toEqual([undefined, undefined, undefined]);
    expect(why({ passive })).toEqual([undefined, 'no_network', 'no_network']);
    expect(why({ mesh, body })).toEqual(['no_network', 'no_network', undefined]);
    expect(why({})).toEqual(['no_network', 'no_network', 'no_network']);
    const hands = factor({
      config: configSchema.parse({ liveness: { actions: ['turn_left', 'lean_left', 'lean_right'] } }),
    });
    kiosk.vision.setStatus({ networks: { passive, mesh } });
    expect(hands.whyNot('pose', 'full')).toBe('no_network');
  });

  it('without the network of the body asks for no action of the body', async () => {
    const ada = await kiosk.enrol(1, 'Ada');
    kiosk.vision.setStatus({ networks: { passive: NETWORKS.passive, mesh: NETWORKS.mesh } });
    begin(factor(), about(ada.id), { level: 'full' });
    expect(orders[0]?.actions).toEqual(['turn_left', 'turn_right', 'look_up', 'look_down', 'open_mouth', 'blink']);
  });

  it('that throws anywhere is unavailable and reported', async () => {
    const ada = await kiosk.enrol(1, 'Ada');
    const broken = (): never => {
      throw new Error('broken');
    };
    for (const part of ['newRun', 'wish', 'bind', 'see', 'tick', 'end', 'view'] as const) {
      let calls = 0;
      const liveness = factor({
        newRun: (order, at) => {
          if (part === 'newRun') return broken();
          const run = new LivenessRun(order, at);
          return new Proxy(run, {
            get: (_target, key) => {
              // The first look may work: what breaks later must not stay open.
              if (key === part && (part !== 'wish' || calls++ > 0)) return part === 'end' ? broken() : broken;
              const value: unknown = Reflect.get(run, key, run);
              return typeof value === 'function' ? value.bind(run) : value;
            },
          });
        },
      });
      faults = [];
      const { results, run } = begin(liveness, about(ada.id));
      run.view();
      await camera.until([scoredFace(1)], () => results.length > 0, 40);
      expect([part, results.map(({ outcome }) => outcome)]).toEqual([part, ['unavailable']]);
      expect(results[0]?.evidence?.reason).toBe('fault');
      expect(faults.map(String)).toContain('Error: broken');
      expect(kiosk.vision.measured).toBeUndefined();
    }
  });

  it('is replaced by the next one, and the former hears nothing more', async () => {
    const ada = await kiosk.enrol(1, 'Ada');
    const liveness = factor();
    const first = begin(liveness, about(ada.id));
    const second = begin(liveness, about(ada.id));
    await camera.until([scoredFace(1)], () => second.results.length > 0);
    expect([first.results.length, second.results.length]).toEqual([0, 1]);
    const third = begin(liveness, about(ada.id));
    first.run.stop();
    expect(kiosk.vision.measured).toBeDefined();
    third.run.stop();
    expect(kiosk.vision.measured).toBeUndefined();
  });

  it('does not pass with a face whose consent was withdrawn meanwhile', async () => {
    const ada = await kiosk.enrol(1, 'Ada');
    const { results } = begin(factor(), about(ada.id));
    await camera.until([scoredFace(1)], () => results.length > 0, 8);
    expect(results).toEqual([]);
    await withdrawFace(ada.id, kiosk);
    await camera.until([scoredFace(1)], () => results.length > 0);
    expect(results).toMatchObject([{ outcome: 'unavailable' }]);
    expect(faults).toEqual([]);
  });

  it('a frame from the future leaves nobody in sight for ever', () => {
    const liveness = factor();
    expect(liveness.faceInSight()).toBe(false);
    kiosk.vision.emit(kiosk.clock.mono() + 1e9, [scoredFace(1)]);
    expect(liveness.faceInSight()).toBe(true);
    kiosk.clock.advance(5000);
    expect(liveness.faceInSight()).toBe(false);
  });

  it('frames taken before it began do not count', async () => {
    const ada = await kiosk.enrol(1, 'Ada');
    const { results } = begin(factor(), about(ada.id));
    const capture = { session: 1, frames: 1, longestRepeat: 1, looped: 0, longestGapMs: 60, clockWentBack: false };
    for (let frame = 60; frame > 0; frame--)
      kiosk.vision.emit(kiosk.clock.mono() - frame * 66, [scoredFace(1)], { capture });
    expect(results).toEqual([]);
  });

  it('of a challenge asks for what it needs and takes the word of the page only for its own prompt', async () => {
    const ada = await kiosk.enrol(1, 'Ada');
    const { run } = begin(factor(), about(ada.id, { factor: 'pose' }), { level: 'full' });
    expect(kiosk.vision.measured?.wish).toMatchObject({ passive: false, mesh: true });
    expect(run.shown('not this one')).toBe(false);
    expect(run.skip('not this one')).toBe(false);
    expect(orders[0]).toMatchObject({ factor: 'pose', level: 'full', poseTake: false, light: false, totalMs: 20_000 });
  });

  it.each(['before its first prompt', 'with a prompt unanswered'])('that is left %s', async (when) => {
    const ada = await kiosk.enrol(1, 'Ada');
    const liveness = factor();
    const { results, run } = begin(liveness, about(ada.id, { factor: 'pose', bound: false }), { level: 'full' });
    const lens = new SimulatedCamera({ seed: 3, session: kiosk.vision.measured!.session, intervalMs: 66 });
    const person = { people: [{ posture: {}, appearance: { who: 1, live: 0.9 } }] };
    const most = when === 'before its first prompt' ? 4 : 200;
    for (let frame = 0; frame < most && run.view().phase !== 'prompt'; frame++) {
      kiosk.clock.advance(66);
      const result = lens.result(kiosk.clock.mono(), person, kiosk.vision.measured!.wish);
      kiosk.vision.emit(result.capturedAt, result.faces, result);
    }
    const left = run.stop();
    if (when === 'before its first prompt') expect(left).toBeUndefined();
    else
      expect(left).toMatchObject({
        kind: 'pose',
        outcome: 'failed',
        reason: 'challenge_failed',
        evidence: { reason: 'page_gone', actions: [{ outcome: 'failed' }] },
      });
    expect(results).toEqual([]);
    expect(run.stop()).toBeUndefined();
    expect(kiosk.vision.measured).toBeUndefined();
  });

  it('is told by the configuration: levels by purpose, time, light, gesture', () => {
    const config = configSchema.parse({
      liveness: { login: 'passive', light: true, poseSignature: 'record', challengeSeconds: 30 },
    });
    const liveness = factor({ config });
    expect(liveness.levelOf('liveness', 'attend')).toBe('passive');
    expect(liveness.levelOf('liveness', 'login')).toBe('passive');
    expect(liveness.levelOf('liveness', 'door')).toBe('full');
    expect(liveness.levelOf('pose', 'login')).toBe('full');
    expect(liveness.ahead('liveness', 'passive')).toEqual({
      phase: 'passive',
      progress: 0,
      hint: 'no_face',
      skipsLeft: 0,
      remainingMs: 10_000,
    });
    expect(liveness.ahead('pose', 'full')).toMatchObject({ lightAhead: true, gestureAhead: true, skipsLeft: 2 });
    expect(liveness.ahead('liveness', 'full')).not.toHaveProperty('gestureAhead');
  });
});

describe('the result of a run', () => {
  it('passes only with evidence that passed, and gives every reason a word of the decision', () => {
    for (const reason of LIVENESS_REASONS)
      for (const state of ['failed', 'unavailable'] as const)
        for (const proven of [true, false]) {
          const result = resultOf(someEvidence('pose', state, reason), proven, 1);
          expect(result.outcome).not.toBe('passed');
          expect(result.evidence?.reason).toBe(reason);
        }
    expect(resultOf(someEvidence('liveness', 'passed'), false, 1)).toMatchObject({ outcome: 'passed', reason: 'ok' });
  });

  it('is a failure where the page went after a prompt, or the time was over with one unanswered or changed', () => {
    const action = { action: 'blink', reason: 'ok', measures: {} } as const;
    const of = (reason: LivenessReason, ...outcomes: ('passed' | 'failed' | 'skipped')[]): string => {
      const actions = outcomes.map((outcome) => ({ ...action, outcome }));
      return resultOf({ ...someEvidence('pose', 'unavailable', reason), actions }, true, 1).outcome;
    };
    // Who leaves after his movements does not want to see the colours, or not these.
    expect(of('page_gone', 'passed', 'passed', 'passed')).toBe('failed');
    expect(of('out_of_time', 'passed')).toBe('unavailable');
    for (const reason of ['page_gone', 'out_of_time'] as const) {
      expect(of(reason)).toBe('unavailable');
      expect(of(reason, 'passed', 'failed')).toBe('failed');
      expect(of(reason, 'skipped', 'passed')).toBe('failed');
    }
    expect(of('camera_lost', 'failed')).toBe('unavailable');
    expect(of('fault', 'failed')).toBe('unavailable');
  });

  it('does not tell before the proof that no pose is enrolled', () => {
    const evidence = someEvidence('pose', 'unavailable', 'no_pose_enrolled');
    const other = someEvidence('pose', 'failed', 'pose_mismatch');
    const said = ({ outcome, reason }: FactorResult) => ({ outcome, reason });
    expect(said(resultOf(evidence, false, 1))).toEqual(said(resultOf(other, false, 1)));
    expect(resultOf(evidence, true, 1)).toMatchObject({ outcome: 'unavailable' });
  });

  it('has no score that is no number', () => {
    const evidence = someEvidence('liveness', 'unavailable', 'too_few_frames');
    const gates = evidence.gates.map((gate) => ({ ...gate, score: Number.NaN }));
    expect(resultOf({ ...evidence, gates }, true, 1)).not.toHaveProperty('score');
  });
});
