import { describe, expect, it } from 'vitest';
import type { AttemptView } from '../../src/auth/attempt-view.js';
import type { Attempts } from '../../src/auth/attempts.js';
import { unknownSubject } from '../../src/auth/subject.js';
import { VestibuleError } from '../../src/domain/errors.js';
import type { FactorResult } from '../../src/domain/factor.js';
import type { AttemptDesk, IssuedSession } from '../../src/http/parts-login.js';
import { ADA, attemptRoom, KIOSK, LAN, SUBJECT_KEY } from '../support/attempt-room.js';

const password = { kind: 'password', password: ADA.password } as const;
const wrong = { kind: 'password', password: 'not this one' } as const;

function codeOf(error: unknown): string {
  return error instanceof VestibuleError ? error.code : String(error);
}

async function refusal(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'none',
    (error: unknown) => codeOf(error),
  );
}

/** State of every factor, as `password:passed`. */
function factors(view: AttemptView): string[] {
  return view.steps.flatMap((step) => step.factors.map((one) => `${one.kind}:${one.state}`));
}

describe('attempts', () => {
  it('have the form that the HTTP room drives', () => {
    const desk = (attempts: Attempts<IssuedSession>): AttemptDesk => attempts;
    expect(desk).toBeTypeOf('function');
  });

  it('password and code open a session, recorded once with its factors', async () => {
    const { attempts, enrol, totp, orders, journal, told, hasher } = await attemptRoom();
    const ada = await enrol(ADA);
    const { id, phase, identifyBy, alternatives } = await attempts.begin('login', LAN);
    expect(Buffer.from(id, 'base64url')).toHaveLength(16);
    expect({ phase, identifyBy }).toEqual({ phase: 'identify', identifyBy: ['name', 'badge'] });
    expect(alternatives[0]).toEqual([['password'], ['otp']]);
    const named = await attempts.identify(id, { userName: 'ADA' });
    expect(named).toMatchObject({ phase: 'factors', userName: 'ADA', chosen: 0 });
    expect(named.person).toBeUndefined();
    const proven = await attempts.answer(id, password);
    expect(proven).toMatchObject({ person: { id: ada.id, name: 'ADA' } });
    expect(factors(proven)).toEqual(['password:passed', 'otp:waiting']);
    expect(proven.otp?.choices.map((one) => one.id)).toEqual(['totp']);
    const granted = await attempts.answer(id, { kind: 'otp', code: totp() });
    expect(granted).toMatchObject({
      phase: 'granted',
      expiresInMs: 0,
      session: { purpose: 'login', person: { id: ada.id, name: 'ADA' }, role: 'person' },
    });
    expect(granted.userName).toBeUndefined();
    const order = {
      personId: ada.id,
      role: 'person',
      purpose: 'login',
      amr: ['pwd', 'otp'],
      place: 'remote',
      name: 'ADA',
    };
    expect(orders).toEqual([order]);
    expect(attempts.takeSession(id)).toEqual({ order });
    expect(attempts.takeSession(id)).toBeUndefined();
    const [decision, ...others] = await journal.list();
    expect(others).toEqual([]);
    expect(decision).toMatchObject({ purpose: 'login', outcome: 'granted', reason: 'ok', personId: ada.id });
    expect(decision?.factors.map((one) => [one.kind, one.outcome])).toEqual([
      ['password', 'passed'],
      ['otp', 'passed'],
    ]);
    expect(told.map((one) => one.id)).toEqual([decision?.id]);
    expect(hasher.compared).toHaveLength(1);
    // Nothing more happens to an attempt that is over.
    await attempts.answer(id, wrong);
    await attempts.cancel(id);
    expect(await journal.list()).toHaveLength(1);
  });

  it('a name that nobody has is compared with a dummy, and never passes', async () => {
    const { attempts, hasher, journal } = await attemptRoom();
    const { id } = await attempts.begin('login', KIOSK);
    await attempts.identify(id, { userName: 'nobody' });
    const view = await attempts.answer(id, wrong);
    expect(hasher.compared).toEqual([undefined]);
    expect(view.message).toEqual({ code: 'not_right' });
    await attempts.cancel(id);
    const [decision] = await journal.list();
    expect(decision).toMatchObject({ outcome: 'denied', reason: 'cancelled' });
    expect(decision?.personId).toBeUndefined();
    expect(JSON.stringify(decision)).not.toContain('nobody');
  });

  it('somebody who may not come in any more goes the way of an unknown name, and the record says who it was', async () => {
    const { attempts, enrol, people, hasher, journal } = await attemptRoom();
    const ada = await enrol(ADA);
    await people.update(ada.id, { active: false });
    const { id } = await attempts.begin('login', KIOSK);
    await attempts.identify(id, { userName: 'ada' });
    expect((await attempts.answer(id, password)).message).toEqual({ code: 'not_right' });
    expect(hasher.compared).toEqual([undefined]);
    await attempts.cancel(id);
    expect((await journal.list())[0]?.personId).toBe(ada.id);
  });

  it('somebody who is shut out in the middle gets nothing', async () => {
    const { attempts, enrol, people, totp, orders } = await attemptRoom();
    const ada = await enrol(ADA);
    const { id } = await attempts.begin('login', KIOSK);
    await attempts.identify(id, { userName: 'ada' });
    await attempts.answer(id, password);
    await people.update(ada.id, { active: false });
    const view = await attempts.answer(id, { kind: 'otp', code: totp() });
    expect(view).toMatchObject({ phase: 'denied', reason: 'not_permitted' });
    expect(orders).toEqual([]);
  });

  it('C3 who is shut out while the grant is being recorded gets no session', async () => {
    for (const shutOut of ['active', 'ended'] as const) {
      const room = await attemptRoom();
      const { attempts, enrol, people, journal, orders, totp } = room;
      const ada = await enrol(ADA);
      const { id } = await attempts.begin('login', LAN);
      await attempts.identify(id, { userName: 'ada' });
      await attempts.answer(id, password);
      const add = journal.add.bind(journal);
      journal.add = async (decision, eventId) => {
        if (shutOut === 'active') await people.update(ada.id, { active: false });
        else attempts.endAllOf(ada.id);
        return add(decision, eventId);
      };
      expect(await refusal(attempts.answer(id, { kind: 'otp', code: totp() }))).toBe('not_permitted');
      expect(attempts.view(id)).toMatchObject({ phase: 'denied' });
      expect(attempts.takeSession(id)).toBeUndefined();
      expect(orders).toEqual([]);
    }
  });

  it('C3 what passed before an attempt was ended from elsewhere counts no more', async () => {
    const { attempts, enrol, totp, orders, settle, journal } = await attemptRoom();
    const ada = await enrol(ADA);
    const bob = await enrol({ userName: 'bob', password: 'another long password' });
    const [about, others] = [await attempts.begin('login', LAN), await attempts.begin('login', LAN)];
    await attempts.identify(about.id, { userName: 'ada' });
    await attempts.answer(about.id, password);
    await attempts.identify(others.id, { userName: 'bob' });
    // Ada's password was changed: whoever knew the former one must begin again.
    attempts.endAllOf(ada.id);
    await attempts.answer(about.id, { kind: 'otp', code: totp() });
    await settle();
    expect(attempts.view(about.id)).toMatchObject({ phase: 'denied', reason: 'cancelled' });
    expect(attempts.view(others.id).phase).toBe('factors');
    expect(orders).toEqual([]);
    expect((await journal.list()).map(({ personId, outcome }) => [personId, outcome])).toEqual([[ada.id, 'denied']]);
    expect(bob.id).not.toBe(ada.id);
  });

  it('the administration page is for staff, and says so at the end only', async () => {
    const { attempts, enrol, totp, orders } = await attemptRoom();
    await enrol(ADA);
    await enrol({ ...ADA, userName: 'boss', badge: 'B0550001' }, { role: 'manager' });
    for (const userName of ['ada', 'boss']) {
      const { id } = await attempts.begin('admin', LAN);
      await attempts.identify(id, { userName });
      expect((await attempts.answer(id, password)).phase).toBe('factors');
      const view = await attempts.answer(id, { kind: 'otp', code: totp() });
      if (userName === 'ada') expect(view).toMatchObject({ phase: 'denied', reason: 'not_permitted' });
      else expect(view.session).toMatchObject({ purpose: 'admin', role: 'manager' });
    }
    expect(orders.map((one) => [one.purpose, one.role])).toEqual([['admin', 'manager']]);
  });

  it('whose registration is not finished may not log in', async () => {
    const { attempts, enrol, totp } = await attemptRoom({}, { mayLogin: () => false });
    await enrol(ADA);
    const { id } = await attempts.begin('login', LAN);
    await attempts.identify(id, { userName: 'ada' });
    await attempts.answer(id, password);
    const view = await attempts.answer(id, { kind: 'otp', code: totp() });
    expect(view).toMatchObject({ phase: 'denied', reason: 'not_permitted' });
  });

  it('ends after 60 s without a touch and after 5 min in all, with one decision each', async () => {
    const { attempts, clock, settle, journal } = await attemptRoom();
    const idle = await attempts.begin('login', KIOSK);
    expect(idle.expiresInMs).toBe(60_000);
    await attempts.identify(idle.id, { userName: 'somebody' });
    clock.advance(59_999);
    await settle();
    // Looking is no touch.
    expect(attempts.view(idle.id)).toMatchObject({ phase: 'factors', expiresInMs: 1 });
    clock.advance(1);
    await settle();
    expect(attempts.view(idle.id)).toMatchObject({ phase: 'denied', reason: 'timeout' });
    const long = await attempts.begin('login', KIOSK);
    await attempts.identify(long.id, { userName: 'somebody' });
    for (let turn = 0; turn < 5; turn++) {
      clock.advance(50_000);
      await attempts.choose(long.id, 0);
    }
    clock.advance(49_999);
    await settle();
    expect(attempts.view(long.id).phase).toBe('factors');
    clock.advance(1);
    await settle();
    expect(attempts.view(long.id)).toMatchObject({ phase: 'denied', reason: 'timeout' });
    expect((await journal.list()).map((one) => one.reason)).toEqual(['timeout', 'timeout']);
    // The end can be looked at for a while.
    clock.advance(30_000);
    expect(await refusal(attempts.answer(long.id, password))).toBe('attempt_over');
  });

  it('somebody who types is not left alone, and what is over stays over', async () => {
    const { attempts, clock, settle } = await attemptRoom();
    const { id } = await attempts.begin('login', KIOSK);
    clock.advance(59_999);
    await attempts.touch(id);
    expect(attempts.view(id)).toMatchObject({ phase: 'identify', expiresInMs: 60_000 });
    clock.advance(60_000);
    await settle();
    expect(attempts.view(id)).toMatchObject({ phase: 'denied', reason: 'timeout' });
    await attempts.touch(id);
    expect(attempts.view(id)).toMatchObject({ phase: 'denied', expiresInMs: 0 });
    expect(await refusal(attempts.touch('nothing-of-the-kind'))).toBe('attempt_over');
  });

  it('B6 wrong answers make one factor of one person wait, with the end shown, and lock it at last', async () => {
    const { attempts, enrol, clock, hasher, settle, journal } = await attemptRoom({ regulation: { lockAfter: 8 } });
    await enrol(ADA);
    await enrol({ ...ADA, userName: 'bob', badge: 'B0550002' });
    const attack = async (): Promise<AttemptView> => {
      const { id } = await attempts.begin('login', LAN);
      await attempts.identify(id, { userName: 'ada' });
      await attempts.answer(id, wrong);
      const view = attempts.view(id);
      await attempts.cancel(id);
      return view;
    };
    for (let turn = 0; turn < 4; turn++) expect((await attack()).message).toEqual({ code: 'not_right' });
    expect((await attack()).message).toEqual({ code: 'wait', waitMs: 30_000 });
    clock.advance(10_000);
    // Not looked at: the wait does not grow.
    expect((await attack()).message).toEqual({ code: 'wait', waitMs: 20_000 });
    expect(hasher.compared).toHaveLength(5);
    // Another way of the same person, and another person, are open.
    const other = await attempts.begin('login', LAN);
    await attempts.identify(other.id, { badge: ADA.badge });
    expect(factors(await attempts.answer(other.id, { kind: 'pin', pin: ADA.pin }))).toContain('pin:passed');
    const bob = await attempts.begin('login', LAN);
    await attempts.identify(bob.id, { userName: 'bob' });
    expect((await attempts.answer(bob.id, password)).person?.name).toBe('BOB');
    for (const waitMs of [60_000, 120_000]) {
      clock.advance(900_000);
      await settle();
      expect((await attack()).message).toEqual({ code: 'wait', waitMs });
    }
    clock.advance(900_000);
    await settle();
    expect((await attack()).message).toEqual({ code: 'locked' });
    expect((await attack()).message).toEqual({ code: 'locked' });
    expect(hasher.compared.length).toBe(5 + 2 + 3);
    expect((await journal.list()).filter((one) => one.reason === 'locked_out')).toEqual([]);
  });

  it('an attempt ends when every way is locked, for known and unknown names alike', async () => {
    const settings = { policy: { login: [['password', 'otp']] }, regulation: { lockAfter: 8 } };
    const { attempts, enrol, regulation, journal } = await attemptRoom(settings);
    const ada = await enrol(ADA);
    const subjects = { ada: ada.id, Nobody: unknownSubject(SUBJECT_KEY, 'name', 'nobody') };
    for (const [userName, subject] of Object.entries(subjects)) {
      for (let turn = 0; turn < 7; turn++) await regulation.failed(subject, 'password');
      const open = await attempts.begin('login', LAN);
      expect(await attempts.identify(open.id, { userName })).toMatchObject({
        message: { code: 'wait', waitMs: 120_000 },
      });
      await regulation.failed(subject, 'password');
      const { id } = await attempts.begin('login', LAN);
      expect(await attempts.identify(id, { userName })).toMatchObject({ phase: 'denied', reason: 'locked_out' });
      // An attempt that is open learns of it with its next step.
      expect(await attempts.answer(open.id, wrong)).toMatchObject({ phase: 'denied', reason: 'locked_out' });
    }
    expect((await journal.list()).map((one) => [one.reason, one.personId])).toEqual([
      ['locked_out', ada.id],
      ['locked_out', ada.id],
      ['locked_out', undefined],
      ['locked_out', undefined],
    ]);
  });

  it('200 answers at the same time get no more tries than one after the other', async () => {
    const { attempts, enrol, hasher } = await attemptRoom();
    await enrol(ADA);
    const ids: string[] = [];
    for (let turn = 0; turn < 80; turn++) {
      const { id } = await attempts.begin('login', LAN);
      await attempts.identify(id, { userName: 'ada' });
      ids.push(id);
    }
    await Promise.all(ids.concat(ids, ids.slice(0, 40)).map((id) => attempts.answer(id, wrong)));
    expect(hasher.compared).toHaveLength(5);
  });

  it('B6 a PIN cannot be tried out in a step that also wants the badge', async () => {
    const { attempts, enrol, admitted, regulation } = await attemptRoom();
    const ada = await enrol(ADA);
    const { id, alternatives } = await attempts.begin('attend', KIOSK);
    const index = alternatives.findIndex((one) => one.flat().join() === 'badge,pin');
    await attempts.identify(id, { userName: 'ada' });
    for (let guess = 0; guess < 20; guess++) {
      await attempts.choose(id, index);
      await attempts.answer(id, { kind: 'pin', pin: String(100_000 + guess) });
    }
    await attempts.choose(id, index);
    const right = await attempts.answer(id, { kind: 'pin', pin: ADA.pin });
    expect(right.phase).toBe('factors');
    expect(right.person).toBeUndefined();
    expect(admitted).toEqual([]);
    expect(regulation.locksOf(ada.id)).toEqual([]);
    const granted = await attempts.answer(id, { kind: 'badge', badge: ADA.badge });
    expect(granted.phase).toBe('granted');
  });

  it('a face that is told late is not taken for somebody who was named meanwhile', async () => {
    const room = await attemptRoom({
      policy: {
        login: [
          ['face', 'password'],
          ['password', 'otp'],
        ],
      },
    });
    const { attempts, enrol, faces, regulation, settle, orders } = room;
    const ada = await enrol(ADA);
    await enrol({ userName: 'bob', password: 'another long password' });
    await regulation.failed(ada.id, 'face');
    // The disk is slow while Ada's count is taken back; meanwhile the camera goes on and sees her again.
    let goOn = (): void => {};
    const waits = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const passed = regulation.passed.bind(regulation);
    regulation.passed = async (subject, factor) => {
      await waits;
      return passed(subject, factor);
    };
    const { id } = await attempts.begin('login', KIOSK);
    faces.show(ada.id);
    await settle();
    await attempts.begin('login', LAN);
    const named = attempts.identify(id, { userName: 'bob' });
    faces.show(ada.id);
    goOn();
    await named;
    await settle();
    expect(factors(attempts.view(id))).toEqual(['face:waiting', 'password:waiting']);
    expect(await refusal(attempts.answer(id, { kind: 'password', password: 'another long password' }))).toBe(
      'input_invalid',
    );
    expect(orders).toEqual([]);
  });

  it('an answer elsewhere at the same time is no further try', async () => {
    const { attempts, enrol, regulation, hasher, clock } = await attemptRoom();
    const ada = await enrol(ADA);
    for (let n = 0; n < 4; n++) await regulation.failed(ada.id, 'password');
    const { id } = await attempts.begin('login', LAN);
    await attempts.identify(id, { userName: 'ada' });
    // A registration that is taken up again, or the present password on the own page.
    const elsewhere = async (): Promise<FactorResult> => {
      await hasher.verify(undefined, 'another guess');
      return { kind: 'password', outcome: 'failed', reason: 'password_wrong', at: clock.mono() };
    };
    await Promise.all([attempts.answer(id, wrong), regulation.check(ada.id, 'password', elsewhere)]);
    expect(hasher.compared).toHaveLength(1);
    expect(regulation.locksOf(ada.id)).toMatchObject([{ factor: 'password', failures: 5 }]);
  });

  it('in a step of two, wrong password and wrong code look the same and are counted together', async () => {
    const room = await attemptRoom({ policy: { login: [['password+otp']] } });
    const ada = await room.enrol(ADA);
    const views: object[] = [];
    for (const [first, code] of [
      [wrong, room.totp()],
      [password, '000000'],
    ] as const) {
      const { id } = await room.attempts.begin('login', LAN);
      await room.attempts.identify(id, { userName: 'ada' });
      const held = await room.attempts.answer(id, first);
      expect(factors(held)).toEqual(['password:given', 'otp:waiting']);
      expect(held.message).toBeUndefined();
      const { id: _id, ...view } = await room.attempts.answer(id, { kind: 'otp', code });
      views.push(view);
      room.clock.advance(30_000);
    }
    expect(views[0]).toEqual(views[1]);
    expect(views[0]).toMatchObject({ message: { code: 'not_right' } });
    expect(room.regulation.locksOf(ada.id).map((one) => [one.factor, one.failures])).toEqual([
      ['password', 2],
      ['otp', 2],
    ]);
  });

  it('D7 the face alone opens no session, and counts once the rest has passed', async () => {
    const { attempts, enrol, faces, settle, orders, clock } = await attemptRoom({
      policy: {
        login: [
          ['password', 'otp'],
          ['password', 'face'],
        ],
      },
    });
    const ada = await enrol(ADA);
    const { id } = await attempts.begin('login', KIOSK);
    expect(faces.request).toMatchObject({});
    faces.guide('look_straight');
    expect(attempts.view(id).guidance).toBe('look_straight');
    faces.show(ada.id);
    await settle();
    expect(attempts.view(id)).toMatchObject({ phase: 'factors', person: { id: ada.id }, chosen: 1 });
    expect(orders).toEqual([]);
    clock.advance(10);
    expect(await attempts.answer(id, password)).toMatchObject({ phase: 'granted' });
    expect(orders[0]?.amr).toEqual(['face', 'pwd']);
    expect(faces.request).toBeUndefined();
  });

  it('a face is looked for 1:1 once somebody is named; wrong ones are counted and have to wait', async () => {
    const { attempts, enrol, faces, settle, regulation, clock } = await attemptRoom({
      policy: { attend: [['face'], ['pin']] },
    });
    const ada = await enrol(ADA);
    const bob = await enrol({ ...ADA, userName: 'bob', badge: 'B0550003' });
    const { id } = await attempts.begin('attend', KIOSK);
    await attempts.identify(id, { userName: 'ada' });
    for (let turn = 1; turn <= 5; turn++) {
      expect(faces.request?.personId).toBe(ada.id);
      faces.show(bob.id);
      await settle();
    }
    expect(regulation.locksOf(ada.id)).toMatchObject([{ factor: 'face', failures: 5 }]);
    expect(attempts.view(id).message).toEqual({ code: 'wait', waitMs: 30_000 });
    expect(faces.request).toBeUndefined();
    clock.advance(30_000);
    await settle();
    expect(faces.request?.personId).toBe(ada.id);
    faces.show(ada.id);
    await settle();
    expect(attempts.view(id).phase).toBe('granted');
  });

  it('somebody without a face, or with a name that nobody has, is looked for in the same way', async () => {
    const { attempts, enrol, faces, settle } = await attemptRoom({ policy: { attend: [['face'], ['pin']] } });
    const ada = await enrol(ADA);
    await enrol({ ...ADA, userName: 'bob', badge: 'B0550004' }, { face: false });
    const seen: object[] = [];
    for (const userName of ['bob', 'nobody']) {
      const { id } = await attempts.begin('attend', KIOSK);
      await attempts.identify(id, { userName });
      expect(faces.request?.personId).toBe('nobody');
      faces.show(ada.id);
      await settle();
      const { id: _id, userName: _name, ...view } = attempts.view(id);
      seen.push(view);
      await attempts.cancel(id);
    }
    expect(seen[0]).toEqual(seen[1]);
    expect(seen[0]).toMatchObject({ message: { code: 'not_right' } });
  });

  it('the newest attempt at the kiosk has the camera, and gives it back', async () => {
    const { attempts, enrol, faces, settle } = await attemptRoom({ policy: { attend: [['face'], ['pin']] } });
    const ada = await enrol(ADA);
    const first = await attempts.begin('attend', KIOSK);
    await attempts.identify(first.id, { userName: 'ada' });
    const second = await attempts.begin('attend', KIOSK);
    expect(faces.request?.personId).toBeUndefined();
    expect(factors(attempts.view(first.id))).toEqual(['face:unavailable']);
    await attempts.cancel(second.id);
    expect(faces.request?.personId).toBe(ada.id);
    expect(factors(attempts.view(first.id))).toEqual(['face:waiting']);
    faces.finish('unavailable');
    await settle();
    expect(attempts.view(first.id)).toMatchObject({ phase: 'factors', message: { code: 'unavailable' } });
    await attempts.cancel(first.id);
    expect(faces.request).toBeUndefined();
  });

  it('without a camera another way is offered first, and a camera that comes back is used', async () => {
    const { attempts, enrol, faces, clock, settle } = await attemptRoom();
    const ada = await enrol(ADA);
    faces.seeing = false;
    const { id, chosen, identifyBy } = await attempts.begin('attend', KIOSK);
    expect({ chosen, identifyBy }).toEqual({ chosen: 1, identifyBy: ['name', 'badge'] });
    expect(factors(await attempts.choose(id, 0))).toEqual(['face:unavailable']);
    expect(faces.request).toBeUndefined();
    faces.seeing = true;
    clock.advance(1000);
    await settle();
    faces.show(ada.id);
    await settle();
    expect(attempts.view(id).phase).toBe('granted');
  });

  it('a punch goes to the recorder with its decision, which is not journaled twice', async () => {
    const { attempts, enrol, admitted, journal, told } = await attemptRoom();
    const ada = await enrol(ADA);
    const { id } = await attempts.begin('attend', KIOSK);
    const view = await attempts.answer(id, { kind: 'badge', badge: ADA.badge });
    expect(view).toMatchObject({ phase: 'factors', chosen: 1 });
    expect(factors(view)).toEqual(['badge:given', 'pin:waiting']);
    expect(view.person).toBeUndefined();
    expect(await attempts.answer(id, { kind: 'pin', pin: ADA.pin })).toMatchObject({ phase: 'granted' });
    expect(admitted).toMatchObject([{ purpose: 'attend', outcome: 'granted', personId: ada.id }]);
    expect(admitted[0]?.factors.map((one) => one.kind)).toEqual(['badge', 'pin']);
    expect(await journal.list()).toEqual([]);
    expect(told).toEqual([]);
  });

  it('a door opens by its recorded decision', async () => {
    const { attempts, enrol, told } = await attemptRoom();
    const ada = await enrol(ADA);
    const { id } = await attempts.begin('door', KIOSK);
    await attempts.identify(id, { badge: ADA.badge });
    await attempts.answer(id, { kind: 'pin', pin: ADA.pin });
    expect(told).toMatchObject([{ purpose: 'door', outcome: 'granted', personId: ada.id }]);
  });

  it('nothing opens that cannot be recorded', async () => {
    const full = { add: () => Promise.reject(new VestibuleError('storage_full', 'The disk is full.')) };
    const { attempts, enrol, totp, orders, told, faults } = await attemptRoom({}, { decisions: full });
    await enrol(ADA);
    for (const purpose of ['login', 'door'] as const) {
      const { id } = await attempts.begin(purpose, KIOSK);
      await attempts.identify(id, purpose === 'door' ? { badge: ADA.badge } : { userName: 'ada' });
      if (purpose === 'login') await attempts.answer(id, password);
      const last =
        purpose === 'door' ? ({ kind: 'pin', pin: ADA.pin } as const) : ({ kind: 'otp', code: totp() } as const);
      expect(await refusal(attempts.answer(id, last))).toBe('storage_full');
      expect(attempts.view(id)).toMatchObject({ phase: 'denied', reason: 'factor_unavailable' });
      expect(attempts.takeSession(id)).toBeUndefined();
    }
    expect(orders).toEqual([]);
    expect(told).toEqual([]);
    // A refusal that cannot be recorded is a refusal all the same.
    const { id } = await attempts.begin('login', KIOSK);
    await attempts.identify(id, { userName: 'somebody' });
    await attempts.cancel(id);
    expect(faults.map(codeOf)).toEqual(['storage_full']);
  });

  it('a verifier that is busy has looked at nothing, one that fails lets nobody pass', async () => {
    const { attempts, enrol, hasher, regulation, faults } = await attemptRoom();
    const ada = await enrol(ADA);
    const { id } = await attempts.begin('login', KIOSK);
    await attempts.identify(id, { userName: 'ada' });
    hasher.fault = new VestibuleError('busy', 'The kiosk is answering others.');
    expect(await refusal(attempts.answer(id, password))).toBe('busy');
    expect(factors(attempts.view(id))).toEqual(['password:waiting', 'otp:waiting']);
    hasher.fault = new Error('native code failed');
    expect(await attempts.answer(id, password)).toMatchObject({ phase: 'factors', message: { code: 'unavailable' } });
    expect(faults.map(String)).toEqual(['Error: native code failed']);
    expect(regulation.locksOf(ada.id)).toEqual([]);
    expect((await attempts.answer(id, password)).person?.id).toBe(ada.id);
  });

  it('an open session is renewed by proving oneself again, and only by its own person', async () => {
    const { attempts, enrol, totp, steppedUp, orders } = await attemptRoom();
    const ada = await enrol(ADA, { role: 'manager' });
    const session = { sessionId: 's1', personId: ada.id, purpose: 'login' };
    const { id, phase, person, identifyBy } = await attempts.begin('login', { ...LAN, session });
    expect({ phase, person, identifyBy }).toEqual({
      phase: 'factors',
      person: { id: ada.id, name: 'ADA' },
      identifyBy: [],
    });
    await attempts.identify(id, { userName: 'somebody' });
    await attempts.answer(id, password);
    expect(await attempts.answer(id, { kind: 'otp', code: totp() })).toMatchObject({ phase: 'granted' });
    expect(steppedUp).toEqual([{ sessionId: 's1', amr: ['pwd', 'otp'] }]);
    expect(attempts.takeSession(id)).toBeUndefined();
    expect(orders).toEqual([]);
    // Another purpose is another session.
    const admin = await attempts.begin('admin', { ...LAN, session });
    expect(admin.person?.id).toBe(ada.id);
    // At the door a session says nothing about who stands there.
    expect((await attempts.begin('door', { ...KIOSK, session })).phase).toBe('identify');
  });

  it('goes on with a face that the attend flow recognised', async () => {
    const { attempts, enrol, faces, settle, admitted } = await attemptRoom({
      policy: {
        attend: [
          ['face', 'pin'],
          ['badge', 'pin'],
        ],
      },
    });
    const ada = await enrol(ADA);
    const id = attempts.recognised(ada.id, faces.result('passed'));
    await settle();
    const view = attempts.view(id!);
    expect(view).toMatchObject({ phase: 'factors', person: { id: ada.id }, chosen: 0 });
    expect(factors(view)).toEqual(['face:passed', 'pin:waiting']);
    expect(await attempts.answer(id!, { kind: 'pin', pin: ADA.pin })).toMatchObject({ phase: 'granted' });
    expect(admitted).toMatchObject([
      { personId: ada.id, factors: [{ kind: 'face', score: 0.71, model: 'sha256:abababababababab' }, { kind: 'pin' }] },
    ]);
  });

  it('sends a code to the person of the record only, and names the destination after a proof', async () => {
    const { attempts, enrol, sent, clock, settle } = await attemptRoom({
      otp: { channels: ['twilio-sms'], countries: ['+49'] },
      policy: { login: [['password', 'otp']] },
    });
    await enrol(ADA, { totp: false, phone: '+4915112345678' });
    const { id } = await attempts.begin('login', LAN);
    await attempts.identify(id, { userName: 'ada' });
    expect(await refusal(attempts.sendCode(id, 'twilio-sms'))).toBe('input_invalid');
    await attempts.answer(id, password);
    const view = await attempts.sendCode(id, 'twilio-sms');
    expect(view.otp?.sent).toMatchObject({ id: 'twilio-sms', resendInMs: 30_000, expiresInMs: 300_000, triesLeft: 5 });
    expect(sent.map((one) => one.to)).toEqual(['+4915112345678']);
    expect(JSON.stringify(view)).not.toContain('4915112345678');
    const soon = await attempts.sendCode(id, 'twilio-sms');
    expect(soon.message).toEqual({ code: 'code_too_soon', waitMs: 30_000 });
    expect((await attempts.answer(id, { kind: 'otp', code: '000000' })).message?.code).toBe('code_wrong');
    clock.advance(1000);
    await settle();
    expect(await attempts.answer(id, { kind: 'otp', code: sent[0]!.code })).toMatchObject({ phase: 'granted' });
  });

  it('attendance and doors are for the kiosk itself; no camera helps from elsewhere', async () => {
    const { attempts, enrol, faces } = await attemptRoom();
    await enrol(ADA);
    for (const from of ['lan', 'origin'] as const) {
      expect(await refusal(attempts.begin('attend', { from, admin: false }))).toBe('input_invalid');
      expect(await refusal(attempts.begin('door', { from, admin: false }))).toBe('input_invalid');
    }
    const { id, identifyBy } = await attempts.begin('login', LAN);
    expect(identifyBy).not.toContain('face');
    expect(factors(await attempts.choose(id, 1))).toEqual(['password:waiting', 'face:unavailable']);
    expect(faces.watches).toBe(0);
  });

  it('at most 100 attempts are open, and the network never fills the kiosk', async () => {
    const { attempts } = await attemptRoom();
    for (let count = 0; count < 80; count++) await attempts.begin('login', LAN);
    expect(await refusal(attempts.begin('login', LAN))).toBe('busy');
    const kiosk: string[] = [];
    for (let count = 0; count < 20; count++) kiosk.push((await attempts.begin('login', KIOSK)).id);
    expect(await refusal(attempts.begin('login', KIOSK))).toBe('busy');
    expect(attempts.recognised('p_0', { kind: 'face', outcome: 'passed', reason: 'ok', at: 0 })).toBeUndefined();
    await attempts.cancel(kiosk[0]!);
    expect((await attempts.begin('login', KIOSK)).phase).toBe('identify');
  });

  it('says while somebody is at it at the kiosk', async () => {
    const { attempts } = await attemptRoom();
    const heard: boolean[] = [];
    attempts.onKioskBusy((busy) => heard.push(busy));
    await attempts.begin('login', LAN);
    const { id } = await attempts.begin('login', KIOSK);
    const other = await attempts.begin('login', KIOSK);
    expect(attempts.busyAtKiosk()).toBe(true);
    await attempts.cancel(id);
    await attempts.cancel(other.id);
    expect(attempts.busyAtKiosk()).toBe(false);
    expect(heard).toEqual([true, false]);
  });

  it('a closed purpose is refused at once, and rules for people hold by number, role and hour', async () => {
    const overrides = [
      { people: ['4711'], login: [['badge', 'pin', 'otp']] },
      { from: '08:00', to: '10:00', door: [] },
    ];
    // 08:00 UTC is 09:00 in Berlin.
    const { attempts, enrol, clock } = await attemptRoom({ policy: { overrides } });
    const ada = await enrol(ADA, { externalId: '4711' });
    expect(await attempts.begin('door', KIOSK)).toMatchObject({ phase: 'denied', reason: 'outside_schedule' });
    clock.advance(3_600_000);
    expect((await attempts.begin('door', KIOSK)).phase).toBe('identify');
    expect(attempts.alternativesOf('login', ada.id)).toEqual([[['badge'], ['pin'], ['otp']]]);
    const { id } = await attempts.begin('login', LAN);
    await attempts.identify(id, { userName: 'ada' });
    // The password is right, but is no part of her way.
    const view = await attempts.answer(id, password);
    expect(view.alternatives).toEqual([[['badge'], ['pin'], ['otp']]]);
    expect(factors(view)).toEqual(['badge:waiting', 'pin:waiting', 'otp:waiting']);
  });

  it('what is not asked for is refused, and an unknown id is over', async () => {
    const { attempts, enrol } = await attemptRoom();
    await enrol(ADA);
    const { id } = await attempts.begin('login', LAN);
    expect(await refusal(attempts.answer(id, password))).toBe('input_invalid');
    await attempts.identify(id, { userName: 'ada' });
    expect(await refusal(attempts.answer(id, { kind: 'pin', pin: '1234' }))).toBe('input_invalid');
    expect(await refusal(attempts.choose(id, 9))).toBe('input_invalid');
    for (const work of [attempts.identify('x', { userName: 'a' }), attempts.choose('x', 0), attempts.cancel('x')])
      expect(await refusal(work)).toBe('attempt_over');
    expect(() => attempts.view('x')).toThrow(VestibuleError);
  });

  it('in which nobody said who he is, and nothing was answered, is no decision', async () => {
    const { attempts, clock, settle, journal, told } = await attemptRoom();
    const left = await attempts.begin('login', LAN);
    await attempts.cancel((await attempts.begin('login', LAN)).id);
    clock.advance(60_000);
    await settle();
    expect(attempts.view(left.id)).toMatchObject({ phase: 'denied', reason: 'timeout' });
    expect([await journal.list(), told]).toEqual([[], []]);
    // A badge that nobody has is an answer, also where it leaves nobody named.
    const { id } = await attempts.begin('attend', KIOSK);
    await attempts.identify(id, { badge: 'nobody' });
    await attempts.cancel(id);
    expect((await journal.list()).map((one) => one.reason)).toEqual(['cancelled']);
  });

  it('stop cancels what is open, and records it', async () => {
    const { attempts, journal, faces } = await attemptRoom();
    for (const [purpose, caller] of [
      ['attend', KIOSK],
      ['login', LAN],
    ] as const)
      await attempts.identify((await attempts.begin(purpose, caller)).id, { userName: 'somebody' });
    await attempts.begin('attend', KIOSK);
    await attempts.stop();
    expect((await journal.list()).map((one) => one.reason)).toEqual(['cancelled', 'cancelled']);
    expect(faces.request).toBeUndefined();
    expect(await refusal(attempts.begin('login', LAN))).toBe('busy');
  });

  it('a hash of a former method is renewed once its password is known', async () => {
    const { attempts, enrol, credentials, settle } = await attemptRoom();
    const ada = await enrol(ADA);
    const former = `$fake$v=1$${Buffer.from(ADA.password).toString('base64url')}`;
    await credentials.change(ada.id, (own) => ({ ...own, passwordHash: former }));
    const { id } = await attempts.begin('login', LAN);
    await attempts.identify(id, { userName: 'ada' });
    await attempts.answer(id, wrong);
    await settle();
    expect(credentials.of(ada.id)?.passwordHash).toBe(former);
    await attempts.answer(id, password);
    await settle();
    expect(credentials.of(ada.id)?.passwordHash).toMatch(/^\$fake\$v=2/);
  });
});
