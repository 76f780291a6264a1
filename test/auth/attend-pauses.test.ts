import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AttendFlow } from '../../src/auth/attend-flow.js';
import type { AttendPolicy } from '../../src/auth/attend-parts.js';
import { Decisions } from '../../src/auth/decisions.js';
import type { Decision } from '../../src/domain/decision.js';
import { VestibuleError } from '../../src/domain/errors.js';
import type { FactorResult } from '../../src/domain/factor.js';
import type { Moment } from '../../src/domain/moment.js';
import type { FaceObservation } from '../../src/domain/observation.js';
import { LEFT_AFTER_MS } from '../../src/domain/recognition.js';
import { enrolledState } from '../fakes/enrolled.js';
import { aFace } from '../fakes/faces.js';
import { KeptPunches } from '../fakes/kept-punches.js';

let kiosk: Awaited<ReturnType<typeof enrolledState>>;
let punches: KeptPunches;
let decisions: Decisions;
let flow: AttendFlow;
let moments: Moment[];
let heard: Decision[];
let policy: AttendPolicy | undefined;

async function begin(): Promise<void> {
  flow = new AttendFlow({ ...kiosk, punches, decisions, ...(policy && { policy }) });
  moments = [];
  heard = [];
  flow.onMoment((moment) => moments.push(moment));
  flow.onDecision((decision) => heard.push(decision));
  flow.start();
}

beforeEach(async () => {
  kiosk = await enrolledState();
  punches = new KeptPunches();
  decisions = new Decisions({ store: kiosk.store, clock: kiosk.clock, zone: 'Europe/Berlin' });
  policy = undefined;
  await begin();
});
afterEach(async () => {
  await flow.stop();
  await kiosk.dispose();
});

async function see(faces: readonly FaceObservation[], frames = 3): Promise<void> {
  for (let i = 0; i < frames; i++) {
    kiosk.clock.advance(66);
    kiosk.vision.emit(kiosk.clock.mono(), faces);
  }
  await flow.settled();
}
const kinds = (): string[] => moments.map((moment) => moment.kind).filter((kind) => kind !== 'guidance');
const persons = (): (string | undefined)[] => punches.recorded.map(({ decision }) => decision.personId);

/** As an attempt decides it. */
function granted(personId: string | undefined, more: Partial<Decision> = {}): Decision {
  const at = kiosk.clock.mono();
  const pin: FactorResult = { kind: 'pin', outcome: 'passed', reason: 'ok', at };
  const id = kiosk.random.uuid7();
  return {
    id,
    purpose: 'attend',
    outcome: 'granted',
    reason: 'ok',
    factors: [pin],
    at,
    ...(personId && { personId }),
    ...more,
  };
}

describe('pauses', () => {
  it('add up by reason: recognition goes on when the last one is over, whatever the order', async () => {
    await kiosk.enrol(1, 'Ada');
    flow.suspend('attempt');
    flow.suspend('attempt');
    flow.suspend('session');
    flow.resume('enrolment');
    flow.resume('attempt');
    await see([aFace({ who: 1 })], 10);
    flow.suspend('enrolment');
    flow.resume('session');
    flow.resume('session');
    await see([aFace({ who: 1 })], 10);
    expect([kinds(), punches.recorded]).toEqual([[], []]);
    flow.resume('enrolment');
    await see([aFace({ who: 1 })]);
    expect(kinds()).toEqual(['done']);
  });

  it('hold from before the start', async () => {
    await kiosk.enrol(1, 'Ada');
    await flow.stop();
    await begin();
    flow.suspend('session');
    await flow.stop();
    flow.start();
    await see([aFace({ who: 1 })], 10);
    expect(punches.recorded).toEqual([]);
  });

  it('withdraw an open question and the hint', async () => {
    await kiosk.enrol(1, 'Ada');
    punches.next = { kind: 'ask', choices: ['check_in', 'check_out'], suggested: 'check_in' };
    await see([aFace({ who: 1 })]);
    flow.suspend('attempt');
    await flow.settled();
    expect(flow.moment()).toEqual({ kind: 'idle' });
    expect(heard).toMatchObject([{ outcome: 'denied', reason: 'cancelled' }]);
  });
});

describe('somebody who is here already when a pause ends', () => {
  it('makes no punch until he has left, also without having been recognised since', async () => {
    const ada = await kiosk.enrol(1, 'Ada');
    flow.suspend('session');
    flow.resume('session', [ada.id]);
    // First looking down for longer than it takes to have left, then into the camera.
    await see([aFace({ who: 1, quality: { pitch: 0.6 } })], Math.ceil((2 * LEFT_AFTER_MS) / 66));
    await see([aFace({ who: 1 })], 200);
    expect([kinds(), punches.recorded]).toEqual([[], []]);
    await see([], Math.ceil(LEFT_AFTER_MS / 66) + 2);
    await see([aFace({ who: 1 })]);
    expect(persons()).toEqual([ada.id]);
  });

  it('is neither refused nor given hints when he has no face enrolled; the next stranger is', async () => {
    await kiosk.enrol(1, 'Ada');
    const bob = await kiosk.people.add({ name: 'Bob' });
    flow.suspend('attempt');
    flow.resume('attempt', [bob.id]);
    await see([aFace({ who: 9 })], 200);
    await see([], 100);
    expect(moments).toEqual([]);
    await see([aFace({ who: 8 })], 100);
    expect(flow.moment()).toEqual({ kind: 'refused', reason: 'no_match' });
  });

  it('does not keep the next person from being recognised', async () => {
    const ada = await kiosk.enrol(1, 'Ada');
    const bob = await kiosk.enrol(2, 'Bob');
    flow.suspend('session');
    flow.resume('session', [ada.id]);
    await see([aFace({ who: 1, quality: { pitch: 0.6 } })], 10);
    await see([aFace({ who: 2, x: 150 })], 8);
    expect(persons()).toEqual([bob.id]);
    await see([aFace({ who: 2, x: 150 })], Math.ceil(LEFT_AFTER_MS / 66) + 2);
    await see([aFace({ who: 1, x: 500 })], 8);
    expect(persons()).toEqual([bob.id, ada.id]);
  });

  it('is remembered over the pauses that still hold, and from the recognition before the pause', async () => {
    const ada = await kiosk.enrol(1, 'Ada');
    const bob = await kiosk.enrol(2, 'Bob');
    await see([aFace({ who: 2 })]);
    flow.suspend('attempt');
    flow.suspend('session');
    flow.resume('attempt', [ada.id]);
    kiosk.clock.advance(60_000);
    flow.resume('session');
    await see([aFace({ who: 2 })], 4);
    await see([aFace({ who: 1, x: 500 })], 8);
    expect(persons()).toEqual([bob.id]);
  });
});

describe('a decision that an attempt reached', () => {
  const show = async (plan: KeptPunches['next']): Promise<void> => {
    punches.next = plan;
  };

  it('is recorded and shown during the pause, journaled and told once, and makes no second punch', async () => {
    const ada = await kiosk.enrol(1, 'Ada', { externalId: '17' });
    flow.suspend('attempt');
    const decision = granted(ada.id);
    await flow.admit(decision);
    expect(flow.moment()).toMatchObject({ kind: 'done', person: { id: ada.id, name: 'Ada' }, direction: 'check_in' });
    expect(punches.recorded).toEqual([{ decision, direction: 'check_in', externalId: '17' }]);
    expect(await decisions.list()).toMatchObject([{ id: decision.id, eventId: 'event-1', factors: [{ kind: 'pin' }] }]);
    expect(heard).toEqual([decision]);
    flow.resume('attempt');
    await see([aFace({ who: 1 })], 200);
    expect(punches.recorded).toHaveLength(1);
  });

  it('makes no second punch either when the pause ended before', async () => {
    const ada = await kiosk.enrol(1, 'Ada');
    flow.suspend('attempt');
    flow.resume('attempt');
    await flow.admit(granted(ada.id));
    await see([aFace({ who: 1 })], 200);
    expect(punches.recorded).toHaveLength(1);
  });

  it('says when the punch was made already', async () => {
    const ada = await kiosk.enrol(1, 'Ada');
    await show({ kind: 'duplicate', earlier: { direction: 'check_in', at: '2026-11-21T08:59:00.000+01:00' } });
    await flow.admit(granted(ada.id));
    expect(moments).toMatchObject([{ kind: 'duplicate', person: { id: ada.id }, earlier: { direction: 'check_in' } }]);
    expect(await decisions.list()).toHaveLength(1);
  });

  it('asks for the direction, also somebody whose face the camera does not see, until the time is over', async () => {
    const bob = await kiosk.people.add({ name: 'Bob' });
    await show({ kind: 'ask', choices: ['check_in', 'check_out'], suggested: 'check_out' });
    flow.suspend('attempt');
    const first = granted(bob.id);
    await flow.admit(first);
    flow.resume('attempt', [bob.id]);
    await see([aFace({ who: 9 })], 60);
    await see([], 60);
    expect(flow.moment()).toMatchObject({ kind: 'recognised', attemptId: first.id, expiresInMs: 10_000 });
    expect(await flow.choose(first.id, 'check_out')).toMatchObject({ kind: 'done', direction: 'check_out' });
    const second = granted(bob.id);
    await flow.admit(second);
    kiosk.clock.advance(10_000);
    await flow.settled();
    expect(flow.moment()).toEqual({ kind: 'idle' });
    expect(await flow.choose(second.id, 'check_in')).toEqual({ kind: 'idle' });
    expect(await decisions.list()).toMatchObject([{ outcome: 'granted' }, { outcome: 'denied', reason: 'timeout' }]);
  });

  it('leaves the question when somebody else is recognised', async () => {
    const ada = await kiosk.enrol(1, 'Ada');
    const bob = await kiosk.people.add({ name: 'Bob' });
    await show({ kind: 'ask', choices: ['check_in', 'check_out'], suggested: 'check_in' });
    const asked = granted(bob.id);
    await flow.admit(asked);
    await see([aFace({ who: 1 })]);
    await flow.choose(asked.id, 'check_in');
    expect(flow.moment()).toMatchObject({ kind: 'recognised', person: { id: ada.id } });
    expect(punches.recorded).toEqual([]);
    expect(await decisions.list()).toMatchObject([{ id: asked.id, outcome: 'denied', reason: 'cancelled' }]);
  });

  it('is shown as NOT recorded when the disk is full', async () => {
    const ada = await kiosk.enrol(1, 'Ada');
    punches.fault = new VestibuleError('storage_full', 'The disk is full.');
    await flow.admit(granted(ada.id));
    expect(moments).toMatchObject([{ kind: 'not_recorded', fault: 'storage_full', person: { id: ada.id } }]);
  });

  it('is denied when the person was deactivated, removed, or withdrew the consent to the face it used', async () => {
    const ada = await kiosk.enrol(1, 'Ada');
    await kiosk.people.update(ada.id, { consent: null });
    const face: FactorResult = { kind: 'face', outcome: 'passed', reason: 'ok', at: 1 };
    await flow.admit(granted(ada.id, { factors: [face] }));
    await flow.admit(granted('p_000000000000'));
    await kiosk.people.update(ada.id, { active: false });
    await flow.admit(granted(ada.id));
    expect(heard.map(({ outcome, reason }) => `${outcome} ${reason}`)).toEqual([
      'denied consent_missing',
      'denied not_permitted',
      'denied not_permitted',
    ]);
    expect(punches.recorded).toEqual([]);
  });

  it('needs no consent to the face where no face was used', async () => {
    const bob = await kiosk.people.add({ name: 'Bob' });
    await flow.admit(granted(bob.id));
    expect(persons()).toEqual([bob.id]);
  });

  it('must be a granted one to attend', async () => {
    const ada = await kiosk.enrol(1, 'Ada');
    for (const decision of [
      granted(ada.id, { outcome: 'denied', reason: 'pin_wrong' }),
      granted(ada.id, { purpose: 'door' }),
      granted(undefined),
    ])
      await expect(flow.admit(decision)).rejects.toMatchObject({ code: 'input_invalid' });
    expect([punches.recorded, heard]).toEqual([[], []]);
  });
});

describe('a policy that asks for more than the face', () => {
  let asked: { personId: string; result: FactorResult }[];
  /** As the attempts do it: the new attempt pauses recognition before its id comes back. */
  const restart = async (faceIsEnough: (id: string) => boolean, attemptId?: string): Promise<void> => {
    asked = [];
    await flow.stop();
    policy = {
      faceIsEnough,
      needsMore: (personId, result) => {
        asked.push({ personId, result });
        if (attemptId !== undefined) flow.suspend('attempt');
        return attemptId;
      },
    };
    await begin();
  };

  it('begins an attempt with the face that passed; the page learns its id, nothing is recorded', async () => {
    const ada = await kiosk.enrol(1, 'Ada');
    await restart(() => false, 'attempt-1');
    await see([aFace({ who: 1 })]);
    expect(flow.moment()).toEqual({ kind: 'attempt', attemptId: 'attempt-1' });
    expect(asked).toMatchObject([{ personId: ada.id, result: { kind: 'face', outcome: 'passed', mode: '1:N' } }]);
    expect([punches.recorded, heard]).toEqual([[], []]);
    await flow.admit(granted(ada.id));
    flow.resume('attempt');
    expect(kinds()).toEqual(['attempt', 'done']);
  });

  it('begins none again for somebody who cancelled and still stands there', async () => {
    await kiosk.enrol(1, 'Ada');
    await restart(() => false, 'attempt-1');
    await see([aFace({ who: 1 })]);
    flow.resume('attempt');
    expect(flow.moment()).toEqual({ kind: 'idle' });
    await see([aFace({ who: 1 })], 100);
    expect(asked).toHaveLength(1);
    await see([], Math.ceil(LEFT_AFTER_MS / 66) + 2);
    await see([aFace({ who: 1 })]);
    expect(asked).toHaveLength(2);
  });

  it('begins none while something else goes on at the kiosk', async () => {
    await kiosk.enrol(1, 'Ada');
    await restart(() => false, 'attempt-1');
    const seen = see([aFace({ who: 1 })]);
    flow.suspend('session');
    await seen;
    expect([asked, moments]).toEqual([[], []]);
  });

  it('is asked for each person anew', async () => {
    const ada = await kiosk.enrol(1, 'Ada');
    const bob = await kiosk.enrol(2, 'Bob');
    await restart((id) => id === bob.id, 'attempt-1');
    await see([aFace({ who: 2 })]);
    await see([aFace({ who: 1, x: 500 })], 8);
    expect(persons()).toEqual([bob.id]);
    expect(asked).toMatchObject([{ personId: ada.id }]);
  });

  it('treats a face that is of no use to the person as not recognised: nothing is recorded, shown or named', async () => {
    await kiosk.enrol(1, 'Ada');
    await restart(() => false);
    await see([aFace({ who: 1 })], 100);
    expect([kinds(), punches.recorded, heard]).toEqual([[], [], []]);
    expect(kiosk.vision.boxes).toEqual([{ box: aFace().box, tone: 'neutral' }]);
  });

  it('does not look at faces at all where no way to attend begins with one', async () => {
    await kiosk.enrol(1, 'Ada');
    let usesFace = false;
    await flow.stop();
    policy = { usesFace: () => usesFace, faceIsEnough: () => usesFace, needsMore: () => undefined };
    await begin();
    const bob = await kiosk.people.add({ name: 'Bob' });
    punches.next = { kind: 'ask', choices: ['check_in', 'check_out'], suggested: 'check_in' };
    const decision = granted(bob.id);
    await flow.admit(decision);
    await see([aFace({ who: 9 })], 60);
    expect(flow.moment()).toMatchObject({ kind: 'recognised', attemptId: decision.id });
    await flow.choose(decision.id, 'check_in');
    kiosk.clock.advance(5000);
    moments.length = 0;
    await see([aFace({ who: 9 })], 200);
    await see([aFace({ who: 1 }), aFace({ who: 2, x: 500 })], 20);
    await see([aFace({ who: 1 })], 20);
    expect([moments, kiosk.vision.boxes]).toEqual([[], []]);
    expect(persons()).toEqual([bob.id]);
    punches.next = { kind: 'record', direction: 'check_in' };
    usesFace = true;
    await see([aFace({ who: 1 })]);
    expect(kinds()).toEqual(['done']);
  });
});
