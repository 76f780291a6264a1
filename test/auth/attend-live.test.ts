import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Attempts } from '../../src/auth/attempts.js';
import { AttendFlow } from '../../src/auth/attend-flow.js';
import { Decisions } from '../../src/auth/decisions.js';
import { FaceFactor } from '../../src/auth/factors/face.js';
import { LivenessFactor } from '../../src/auth/factors/liveness.js';
import { Identification } from '../../src/auth/identification.js';
import type { Decision } from '../../src/domain/decision.js';
import { LivenessRun } from '../../src/domain/liveness/liveness-run.js';
import { factorsOf } from '../../src/domain/policy.js';
import { enrolledState } from '../fakes/enrolled.js';
import { KeptPunches } from '../fakes/kept-punches.js';
import { attemptRoom, type Issued } from '../support/attempt-room.js';
import { LENS, LiveCamera, NETWORKS, scoredFace } from '../support/live-frames.js';

let kiosk: Awaited<ReturnType<typeof enrolledState>>;
let punches: KeptPunches;
let flow: AttendFlow;
let attempts: Attempts<Issued>;
let camera: LiveCamera;
let decided: Decision[];
let decisions: Decisions;
let dispose: () => Promise<void>;

/** Attend flow, attempts, face and liveness as the kiosk joins them; only the vision process is a fake. */
async function open(attend: readonly (readonly string[])[]): Promise<void> {
  const shared = { ...kiosk, frameIntervalMs: 66 };
  const identification = new Identification({ ...kiosk, recognition: kiosk.config.recognition });
  const faults: Error[] = [];
  const onFault = (fault: Error): void => void faults.push(fault);
  const liveness = new LivenessFactor({
    ...shared,
    cameraStanding: () => LENS,
    newRun: (order, at) => new LivenessRun(order, at),
    judgePose: () => ({ frames: 0, seconds: 0, state: 'unavailable', reason: 'body_not_seen' }),
    onFault,
  });
  const { clock, random, people, credentials } = kiosk;
  const room = await attemptRoom(
    { policy: { attend } },
    {
      clock,
      random,
      people,
      credentials,
      decisions,
      liveness,
      faces: new FaceFactor({ ...shared, identification }),
      admit: (decision) => flow.admit(decision),
      onFault,
    },
  );
  attempts = room.attempts;
  const ways = (id: string) => attempts.alternativesOf('attend', id).map(factorsOf);
  flow = new AttendFlow({
    ...shared,
    punches,
    decisions,
    identification,
    policy: {
      faceIsEnough: (id) => ways(id).some((kinds) => kinds.length === 1 && kinds[0] === 'face'),
      needsMore: (id, result) => attempts.recognised(id, result),
    },
    onFault,
  });
  flow.onDecision((decision) => decided.push(decision));
  attempts.onDecision((decision) => decided.push(decision));
  attempts.onKioskBusy((busy) => (busy ? flow.suspend('attempt') : flow.resume('attempt')));
  flow.start();
  dispose = async () => {
    await flow.stop();
    await attempts.stop();
    expect(faults).toEqual([]);
  };
}

beforeEach(async () => {
  kiosk = await enrolledState();
  await kiosk.vision.start();
  kiosk.vision.setStatus({ networks: NETWORKS });
  camera = new LiveCamera(kiosk);
  punches = new KeptPunches();
  decisions = new Decisions({ store: kiosk.store, clock: kiosk.clock, zone: 'Europe/Berlin' });
  decided = [];
});
afterEach(async () => {
  await dispose();
  await kiosk.dispose();
});

describe('attendance by face and liveness', () => {
  it.each([
    ['together', [['face+liveness'], ['badge', 'pin']]],
    [
      'one after the other',
      [
        ['face', 'liveness'],
        ['badge', 'pin'],
      ],
    ],
  ])('answered %s, records whoever walks up, after a second of frames and without a touch', async (_how, attend) => {
    await open(attend);
    const ada = await kiosk.enrol(1, 'Ada');
    const began = kiosk.clock.mono();
    await camera.until([scoredFace(1)], () => punches.recorded.length > 0);
    const tookMs = kiosk.clock.mono() - began;
    // Three frames to be recognised, then ten scores over a second.
    expect(tookMs).toBeGreaterThanOrEqual(1000);
    expect(tookMs).toBeLessThanOrEqual(2000);
    console.log(`${attend[0]!.join(', ')}: ${Math.round(tookMs)} ms of frames from the first picture to the punch`);
    expect(flow.moment()).toMatchObject({ kind: 'done', person: { id: ada.id } });
    expect(punches.recorded[0]?.decision.factors).toMatchObject([
      { kind: 'face', outcome: 'passed' },
      { kind: 'liveness', outcome: 'passed', evidence: { level: 'passive' } },
    ]);
    const [entry] = await decisions.list();
    expect(entry?.factors[1]?.evidence?.gates.map(({ gate, state }) => [gate, state])).toEqual([
      ['capture', 'passed'],
      ['passive', 'passed'],
      ['binding', 'passed'],
    ]);
    // Who stands on is not recorded again.
    await camera.until([scoredFace(1)], () => false, 40);
    expect(punches.recorded).toHaveLength(1);
    expect(attempts.busyAtKiosk()).toBe(false);
  });

  it('does not record a picture of somebody, says so once, and journals the end', async () => {
    await open([['face+liveness'], ['badge', 'pin']]);
    const ada = await kiosk.enrol(1, 'Ada');
    const told = (): boolean => {
      const id = attempts.atKiosk();
      return id !== undefined && attempts.view(id).message !== undefined;
    };
    await camera.until([scoredFace(1, 0.05)], told);
    const id = attempts.atKiosk()!;
    expect(attempts.view(id).message).toEqual({ code: 'not_live', detail: 'looks_like_picture' });
    await camera.until([scoredFace(1, 0.99)], () => false, 60);
    // Held up again: nothing begins by itself any more.
    expect(attempts.view(id).phase).toBe('factors');
    expect(punches.recorded).toEqual([]);
    await attempts.cancel(id);
    expect(decided).toMatchObject([{ outcome: 'denied', reason: 'cancelled', personId: ada.id }]);
    expect(decided[0]?.factors.at(-1)).toMatchObject({
      kind: 'liveness',
      outcome: 'failed',
      reason: 'spoof_suspected',
    });
  });

  it('does not record somebody whose place another one took during the run', async () => {
    await open([['face+liveness'], ['badge', 'pin']]);
    await kiosk.enrol(1, 'Ada');
    await kiosk.enrol(2, 'Bob');
    await camera.until([scoredFace(1)], () => attempts.busyAtKiosk());
    await camera.until([scoredFace(2)], () => false, 60);
    expect(punches.recorded).toEqual([]);
  });
});
