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
import { unit } from '../../src/domain/vector.js';
import { accessMessage } from '../../src/messaging/payloads.js';
import { enrolledState } from '../fakes/enrolled.js';
import { aVector } from '../fakes/faces.js';
import { KeptPunches } from '../fakes/kept-punches.js';
import { attemptRoom, type Issued } from '../support/attempt-room.js';
import { Canaries } from '../support/canaries.js';
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

  it('leaves no vector, landmark or score of a picture in state files, messages, views or faults', async () => {
    await open([['face+liveness'], ['badge', 'pin']]);
    const ada = await kiosk.enrol(1, 'Ada');
    const points = Float32Array.from({ length: 468 * 3 }, (_, at) => 100.5 + at * 0.7073);
    const body = { points: Float32Array.from({ length: 51 }, (_, at) => 33.25 + at * 1.6181) };
    const canaries = new Canaries();
    const embedding = unit(aVector(1).map((value, at) => value + 0.01 + at * 0.0037))!;
    canaries.addVector('embedding', embedding);
    canaries.addVector('template', kiosk.templates.of(ada.id)[0]!.vector);
    canaries.addVector('face mesh', points);
    canaries.addVector('points of the body', body.points);
    const face = { ...scoredFace(1), embedding };
    const mesh = { points, sidePx: 260, score: 0.9 };
    const views: unknown[] = [];
    for (let frame = 0; frame < 200 && punches.recorded.length === 0; frame++) {
      // Both ways, as the mesh of numbers is no head that the gates could use.
      camera.show([frame % 2 === 0 ? face : { ...face, mesh }], { body });
      for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
      const id = attempts.atKiosk();
      if (id !== undefined) views.push(attempts.view(id));
    }
    const left = attempts.atKiosk();
    if (left !== undefined) await attempts.cancel(left);
    await flow.settled();
    expect(decided.length).toBeGreaterThan(0);
    expect(kiosk.vision.measured).toBeUndefined();
    const head = { id: 'x', site: 'hq', kiosk: 'lobby-1', at: '2026-11-21T09:00:00.000+01:00' };
    const messages = decided.map((decision) => accessMessage(head, decision, false, true));
    const { found, files } = canaries.inDirectory(kiosk.directory);
    expect(found).toEqual([]);
    expect(files).toBeGreaterThan(2);
    expect(canaries.in(JSON.stringify([views, messages, flow.moment(), await decisions.list()]))).toEqual([]);
    const evidence = (await decisions.list())[0]?.factors.find(({ kind }) => kind === 'liveness')?.evidence;
    expect(evidence?.frames).toBeGreaterThan(5);
  });
});
