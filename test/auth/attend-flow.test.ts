import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AttendFlow } from '../../src/auth/attend-flow.js';
import { Decisions } from '../../src/auth/decisions.js';
import type { Direction } from '../../src/domain/attendance.js';
import { VestibuleError } from '../../src/domain/errors.js';
import type { Moment } from '../../src/domain/moment.js';
import type { FaceObservation } from '../../src/domain/observation.js';
import { LEFT_AFTER_MS } from '../../src/domain/recognition.js';
import { CONSENT, enrolledState } from '../fakes/enrolled.js';
import { aFace } from '../fakes/faces.js';
import { KeptPunches } from '../fakes/kept-punches.js';

let kiosk: Awaited<ReturnType<typeof enrolledState>>;
let punches: KeptPunches;
let decisions: Decisions;
let flow: AttendFlow;
let moments: Moment[];
let faults: Error[];

beforeEach(async () => {
  kiosk = await enrolledState();
  punches = new KeptPunches();
  decisions = new Decisions({ store: kiosk.store, clock: kiosk.clock, zone: 'Europe/Berlin' });
  moments = [];
  faults = [];
  flow = new AttendFlow({ ...kiosk, punches, decisions, onFault: (fault) => faults.push(fault) });
  flow.onMoment((moment) => moments.push(moment));
  flow.start();
});
afterEach(async () => {
  await flow.stop();
  await kiosk.dispose();
});

/** Frames 66 ms apart, then waits for the decisions they led to. */
async function see(faces: readonly FaceObservation[], frames = 3): Promise<void> {
  for (let i = 0; i < frames; i++) {
    kiosk.clock.advance(66);
    kiosk.vision.emit(kiosk.clock.mono(), faces);
  }
  await flow.settled();
}

const kinds = (): string[] => moments.map((moment) => moment.kind).filter((kind) => kind !== 'guidance');

describe('AttendFlow', () => {
  it('records whom it recognises and then says so, with everything that led to it', async () => {
    const ada = await kiosk.enrol(1, 'Ada', { externalId: '17' });
    await kiosk.enrol(2, 'Bob');
    await see([aFace({ who: 1 })]);
    expect(moments).toEqual([
      {
        kind: 'done',
        person: { id: ada.id, name: 'Ada' },
        direction: 'check_in',
        at: '2026-11-21T09:00:00.000+01:00',
        workedTodayMs: 1000,
      },
    ]);
    expect(punches.recorded).toMatchObject([{ direction: 'check_in', externalId: '17' }]);
    const [entry] = await decisions.list();
    expect(entry).toMatchObject({
      id: punches.recorded[0]!.decision.id,
      purpose: 'attend',
      outcome: 'granted',
      reason: 'ok',
      personId: ada.id,
      eventId: 'event-1',
      factors: [
        { kind: 'face', outcome: 'passed', reason: 'ok', mode: '1:N', gallery: 2, model: `sha256:${'ab'.repeat(8)}` },
      ],
    });
    const factor = entry!.factors[0]!;
    expect(factor.score).toBeGreaterThan(factor.threshold!);
    expect(factor.fmr).toBeLessThanOrEqual(1e-4);
  });

  it('says done only after the record is durable', async () => {
    await kiosk.enrol(1, 'Ada');
    let open: () => void = () => {};
    punches.gate = new Promise((resolve) => {
      open = resolve;
    });
    for (let i = 0; i < 5; i++) {
      kiosk.clock.advance(66);
      kiosk.vision.emit(kiosk.clock.mono(), [aFace({ who: 1 })]);
    }
    expect(kinds()).toEqual([]);
    open();
    await flow.settled();
    expect(kinds()).toEqual(['done']);
  });

  it('returns to idle by itself and punches once for one visit', async () => {
    await kiosk.enrol(1, 'Ada');
    await see([aFace({ who: 1 })], 40);
    kiosk.clock.advance(kiosk.config.recognition.idleAfterMs);
    await see([], 1);
    expect(kinds()).toEqual(['done', 'idle']);
    kiosk.clock.advance(LEFT_AFTER_MS + 1);
    await see([aFace({ who: 1 })]);
    expect(punches.recorded).toHaveLength(2);
  });

  it('refuses a stranger once a visit, and journals it once', async () => {
    await kiosk.enrol(1, 'Ada');
    await see([aFace({ who: 9 })], 150);
    expect(moments.filter((moment) => moment.kind === 'refused')).toEqual([{ kind: 'refused', reason: 'no_match' }]);
    expect(await decisions.list()).toMatchObject([{ outcome: 'denied', reason: 'no_match' }]);
    expect((await decisions.list())[0]!.personId).toBeUndefined();
  });

  it('shows that a punch was NOT recorded when the disk is full', async () => {
    const ada = await kiosk.enrol(1, 'Ada');
    punches.fault = new VestibuleError('storage_full', 'The disk is full.');
    await see([aFace({ who: 1 })]);
    expect(moments).toEqual([{ kind: 'not_recorded', person: { id: ada.id, name: 'Ada' }, fault: 'storage_full' }]);
    expect(faults).toEqual([punches.fault]);
  });

  it('shows done although the journal cannot be written, and reports the fault', async () => {
    await kiosk.enrol(1, 'Ada');
    decisions.add = () => Promise.reject(new VestibuleError('storage_full', 'The disk is full.'));
    await see([aFace({ who: 1 })]);
    expect(kinds()).toEqual(['done']);
    expect(faults).toHaveLength(1);
  });

  it('says when a punch was made already', async () => {
    await kiosk.enrol(1, 'Ada');
    punches.next = { kind: 'duplicate', earlier: { direction: 'check_in', at: '2026-11-21T08:59:00.000+01:00' } };
    await see([aFace({ who: 1 })]);
    expect(moments).toMatchObject([{ kind: 'duplicate', earlier: { direction: 'check_in' } }]);
    expect(punches.recorded).toEqual([]);
  });

  it('denies somebody who was deactivated or whose consent is out of date, without a name over the face', async () => {
    const ada = await kiosk.enrol(1, 'Ada');
    await kiosk.people.update(ada.id, { active: false });
    await see([aFace({ who: 1 })], 4);
    expect(moments).toEqual([{ kind: 'refused', reason: 'not_permitted' }]);
    expect(kiosk.vision.boxes).toMatchObject([{ tone: 'neutral' }]);
    await flow.stop();
    await kiosk.people.update(ada.id, { active: true });
    const strict = new AttendFlow({ ...kiosk, punches, decisions, consentTextVersion: '2' });
    strict.start();
    kiosk.clock.advance(5000);
    for (let i = 0; i < 3; i++) {
      kiosk.clock.advance(66);
      kiosk.vision.emit(kiosk.clock.mono(), [aFace({ who: 1 })]);
    }
    await strict.settled();
    expect(strict.moment()).toEqual({ kind: 'refused', reason: 'consent_missing' });
    await strict.stop();
    expect(punches.recorded).toEqual([]);
  });

  it('draws names only after the decision, in plain ASCII', async () => {
    await kiosk.enrol(1, 'Zoë');
    await see([aFace({ who: 1 })], 2);
    expect(kiosk.vision.boxes).toEqual([{ box: aFace().box, tone: 'neutral' }]);
    await see([aFace({ who: 1 })], 1);
    expect(kiosk.vision.boxes).toEqual([{ box: aFace().box, tone: 'good', label: 'Zoe' }]);
    kiosk.clock.advance(1000);
    expect(kiosk.vision.boxes).toEqual([]);
  });

  it('gives hints and takes them back', async () => {
    await kiosk.enrol(1, 'Ada');
    await see([aFace({ who: 1, height: 55 })], 8);
    expect(flow.moment()).toEqual({ kind: 'guidance', code: 'too_far' });
    kiosk.clock.advance(1000);
    expect(flow.moment()).toEqual({ kind: 'idle' });
  });

  it('recognises nobody while suspended', async () => {
    await kiosk.enrol(1, 'Ada');
    flow.suspend('enrolment');
    await see([aFace({ who: 1 })], 10);
    expect(moments).toEqual([]);
    flow.resume('enrolment');
    await see([aFace({ who: 1 })]);
    expect(kinds()).toEqual(['done']);
  });

  it('learns of a new person and forgets a removed one at once', async () => {
    expect(flow.status()).toMatchObject({ identification: 'empty', gallery: 0 });
    const ada = await kiosk.enrol(1, 'Ada');
    expect(flow.status()).toMatchObject({ identification: 'ready', gallery: 1 });
    await kiosk.templates.remove(ada.id);
    await kiosk.people.remove(ada.id);
    expect(flow.status().identification).toBe('empty');
    await see([aFace({ who: 1 })], 5);
    expect(punches.recorded).toEqual([]);
  });

  it('searches nobody when the gallery is too large, and says why', async () => {
    await kiosk.enrol(1, 'Ada');
    const curvesOf = () => [{ photos: 1, points: [{ fmr: 1e-2, threshold: 0.3 }], evidence: 'too little' }];
    const other = new AttendFlow({ ...kiosk, punches, decisions, curvesOf });
    expect(other.status()).toMatchObject({ identification: 'refused', gallery: 1, reason: expect.any(String) });
    await flow.stop();
    other.start();
    await see([aFace({ who: 1 })]);
    await other.settled();
    expect(other.moment()).toEqual({ kind: 'refused', reason: 'factor_unavailable' });
    await other.stop();
  });

  it('searches nobody with another pack than the one of the templates', async () => {
    await kiosk.enrol(1, 'Ada');
    kiosk.vision.setStatus({ pack: { id: 'core', hash: `sha256:${'cd'.repeat(32)}`, dim: 32 } });
    expect(flow.status()).toMatchObject({ identification: 'refused', reason: expect.stringContaining('"core"') });
    await see([aFace({ who: 1 })]);
    expect(flow.moment()).toEqual({ kind: 'refused', reason: 'factor_unavailable' });
  });
});

describe('a machine that is too slow', () => {
  const seeLate = (ageMs: number, results: number): void => {
    for (let i = 0; i < results; i++) {
      kiosk.clock.advance(ageMs);
      kiosk.vision.emit(kiosk.clock.mono() - ageMs + 1, [aFace({ who: 1 })]);
    }
  };

  it('says once that pictures are analysed too late to recognise anybody, until they come in time again', async () => {
    await kiosk.enrol(1, 'Ada');
    seeLate(1401, 9);
    expect(flow.status().identification).toBe('ready');
    seeLate(1401, 20);
    const reason = expect.stringMatching(/too slowly \(1400 ms, at most 1000 ms\)/);
    expect(flow.status()).toMatchObject({ identification: 'refused', reason, gallery: 1 });
    expect(faults).toMatchObject([{ code: 'vision_timeout', message: reason }]);
    await see([], 9);
    expect(flow.status().identification).toBe('refused');
    await see([], 1);
    expect(flow.status()).toMatchObject({ identification: 'ready', gallery: 1 });
    expect(flow.status().reason).toBeUndefined();
  });

  it('says nothing of single late results', async () => {
    await kiosk.enrol(1, 'Ada');
    for (let i = 0; i < 10; i++) {
      seeLate(1401, 3);
      await see([], 1);
    }
    expect(faults).toEqual([]);
  });
});

describe('when the person has to press a direction', () => {
  const asked = async (): Promise<string> => {
    punches.next = { kind: 'ask', choices: ['check_in', 'check_out'], suggested: 'check_out' };
    await see([aFace({ who: 1 })]);
    const moment = flow.moment();
    if (moment.kind !== 'recognised') throw new Error(`shows ${moment.kind}`);
    return moment.attemptId;
  };

  it('asks, then records what was pressed, once', async () => {
    await kiosk.enrol(1, 'Ada');
    const id = await asked();
    expect(flow.moment()).toMatchObject({ suggested: 'check_out', expiresInMs: 10000, person: { name: 'Ada' } });
    const both = await Promise.all([flow.choose(id, 'check_out'), flow.choose(id, 'check_in')]);
    expect(both[0]).toMatchObject({ kind: 'done', direction: 'check_out' });
    expect(punches.recorded).toMatchObject([{ direction: 'check_out', decision: { id } }]);
  });

  it('ignores an unknown attempt and a button that was not offered', async () => {
    await kiosk.enrol(1, 'Ada');
    const id = await asked();
    await flow.choose('other', 'check_in');
    await flow.choose(id, 'void' as Direction);
    expect(punches.recorded).toEqual([]);
    expect(flow.moment().kind).toBe('recognised');
  });

  it('ends by itself, journals the timeout, and records nothing afterwards', async () => {
    await kiosk.enrol(1, 'Ada');
    const id = await asked();
    await see([aFace({ who: 1 })], 152);
    expect(await flow.choose(id, 'check_in')).toEqual({ kind: 'idle' });
    await flow.settled();
    expect(await decisions.list()).toMatchObject([{ id, outcome: 'denied', reason: 'timeout' }]);
    expect(punches.recorded).toEqual([]);
  });

  it('is decided when it ends, not when it was asked', async () => {
    await kiosk.enrol(1, 'Ada');
    const ends: number[] = [];
    flow.onDecision((decision) => ends.push(decision.at));
    await asked();
    const askedAt = kiosk.clock.mono();
    await see([aFace({ who: 1 })], 152);
    expect(ends).toEqual([askedAt + 10_000]);
  });

  it('lets nobody press for a person who went away: the question goes at once when somebody else stands there', async () => {
    await kiosk.enrol(1, 'Ada');
    const id = await asked();
    await see([aFace({ who: 9 })], 2);
    expect(flow.moment().kind).toBe('recognised');
    await see([aFace({ who: 9 })], 1);
    expect(flow.moment()).toEqual({ kind: 'refused', reason: 'cancelled' });
    expect(await flow.choose(id, 'check_in')).toEqual({ kind: 'refused', reason: 'cancelled' });
    await flow.settled();
    expect(await decisions.list()).toMatchObject([{ id, outcome: 'denied', reason: 'cancelled' }]);
    expect(punches.recorded).toEqual([]);
  });

  it.each([
    ['nobody is in view any more', () => see([], 32)],
    ['the camera fell silent', async () => kiosk.clock.advance(2001)],
  ])('withdraws the question two seconds after the person was seen last: %s', async (_, pass) => {
    await kiosk.enrol(1, 'Ada');
    const id = await asked();
    await pass();
    expect(flow.moment()).toEqual({ kind: 'idle' });
    expect(await flow.choose(id, 'check_in')).toEqual({ kind: 'idle' });
    await flow.settled();
    expect(punches.recorded).toEqual([]);
    expect(await decisions.list()).toMatchObject([{ id, outcome: 'denied', reason: 'cancelled' }]);
  });

  it('waits for somebody who bends down for a moment or turns the face away', async () => {
    await kiosk.enrol(1, 'Ada');
    const id = await asked();
    await see([], 26);
    await see([aFace({ who: 1 })], 4);
    await see([aFace({ who: 1, embedding: null, quality: { yaw: 0.9 } })], 50);
    await see([], 26);
    expect(await flow.choose(id, 'check_in')).toMatchObject({ kind: 'done', direction: 'check_in' });
  });

  it('asks anew when the person comes back after the question was withdrawn', async () => {
    await kiosk.enrol(1, 'Ada');
    const id = await asked();
    await see([], 35);
    await see([aFace({ who: 1 })], 4);
    expect(flow.moment()).toMatchObject({ kind: 'recognised', person: { name: 'Ada' } });
    await flow.choose(id, 'check_in');
    expect(punches.recorded).toEqual([]);
  });

  it('stays with the person it asks while the one before steps back', async () => {
    await kiosk.enrol(1, 'Ada');
    await kiosk.enrol(2, 'Bob');
    await see([aFace({ who: 2, x: 150, height: 120 })], 4);
    const id = await asked();
    await see([aFace({ who: 1 }), aFace({ who: 2, x: 120, height: 80 })], 20);
    expect(await flow.choose(id, 'check_in')).toMatchObject({ kind: 'done', person: { name: 'Ada' } });
  });

  it('turns to the next person who is recognised', async () => {
    await kiosk.enrol(1, 'Ada');
    await kiosk.enrol(2, 'Bob');
    const id = await asked();
    await see([aFace({ who: 2 })], 4);
    expect(flow.moment()).toMatchObject({ kind: 'recognised', person: { name: 'Bob' } });
    await flow.choose(id, 'check_in');
    expect(punches.recorded).toEqual([]);
    expect(await decisions.list()).toMatchObject([{ id, outcome: 'denied', reason: 'cancelled' }]);
  });
});

describe('templates', () => {
  it('are the same after any number of decisions (they change only by enrolment)', async () => {
    await kiosk.enrol(1, 'Ada');
    const before = structuredClone(kiosk.templates.all());
    for (const who of [1, 9, 2, 1]) {
      await see([aFace({ who })], 70);
      kiosk.clock.advance(LEFT_AFTER_MS + 1);
    }
    expect(kiosk.templates.all()).toEqual(before);
    expect(CONSENT.textVersion).toBe('1');
  });
});
