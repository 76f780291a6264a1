import { describe, expect, it } from 'vitest';
import type { AttemptView } from '../../src/auth/attempt-view.js';
import { VestibuleError } from '../../src/domain/errors.js';
import type { LivenessReason } from '../../src/domain/liveness/gate.js';
import { ADA, attemptRoom, KIOSK, LAN } from '../support/attempt-room.js';

const password = { kind: 'password', password: ADA.password } as const;
const wrong = { kind: 'password', password: 'not this one' } as const;

const ATTEND = { policy: { attend: [['face+liveness'], ['badge', 'pin']] } };
const LOGIN = {
  policy: {
    login: [
      ['password', 'face+liveness'],
      ['password', 'otp'],
    ],
  },
};
const POSE = {
  policy: {
    login: [
      ['password', 'pose'],
      ['password', 'otp'],
    ],
  },
};

async function refusal(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'none',
    (error: unknown) => (error instanceof VestibuleError ? error.code : String(error)),
  );
}

function factors(view: AttemptView): string[] {
  return view.steps.flatMap((step) => step.factors.map((one) => `${one.kind}:${one.state}`));
}

type Room = Awaited<ReturnType<typeof attemptRoom>>;

/** Whoever stands there is recognised: the attend flow opens an attempt. */
async function walkUp(room: Room, personId: string): Promise<string> {
  const id = room.attempts.recognised(personId, room.faces.result('passed'));
  await room.settle();
  return id!;
}

describe('attendance by face and liveness', () => {
  it('is granted to whoever walks up and stands there, without a touch', async () => {
    const room = await attemptRoom(ATTEND);
    const ada = await room.enrol(ADA);
    const id = await walkUp(room, ada.id);
    expect(room.liveness.request).toMatchObject({
      level: 'passive',
      proven: true,
      target: { factor: 'liveness', who: { kind: 'person', personId: ada.id }, bound: true },
    });
    expect(room.attempts.view(id)).toMatchObject({
      phase: 'factors',
      live: { factor: 'liveness', state: 'running', level: 'passive', phase: 'passive', progress: 0.5 },
    });
    room.liveness.finish('passed');
    await room.settle();
    expect(room.attempts.view(id).phase).toBe('granted');
    expect(room.attempts.view(id)).not.toHaveProperty('live');
    expect(room.admitted).toMatchObject([
      {
        outcome: 'granted',
        personId: ada.id,
        factors: [{ kind: 'face' }, { kind: 'liveness', evidence: { state: 'passed' } }],
      },
    ]);
  });

  it('says why it was no pass, begins again when asked only, and slows down after two failures', async () => {
    const room = await attemptRoom(ATTEND);
    const ada = await room.enrol(ADA);
    const id = await walkUp(room, ada.id);
    room.liveness.finish('failed', 'looks_like_picture');
    await room.settle();
    expect(room.attempts.view(id)).toMatchObject({
      phase: 'factors',
      message: { code: 'not_live', detail: 'looks_like_picture' },
      live: { state: 'ready', level: 'passive' },
    });
    room.clock.advance(5000);
    expect(room.liveness.runs).toHaveLength(1);
    const again = await room.attempts.challenge(id, { do: 'start' });
    expect(again.live?.state).toBe('running');
    expect(again.message).toBeUndefined();
    expect(room.liveness.runs).toHaveLength(2);
    room.liveness.finish('failed', 'looks_like_picture');
    await room.settle();
    expect(room.regulation.locksOf(ada.id)).toMatchObject([{ factor: 'liveness', failures: 2, waitMs: 30_000 }]);
    const view = await room.attempts.challenge(id, { do: 'start' });
    expect(view.message).toEqual({ code: 'wait', waitMs: 30_000 });
    expect(room.liveness.runs).toHaveLength(2);
    // The badge is not closed by it.
    expect(room.regulation.judge(ada.id, 'badge').kind).toBe('open');
  });

  it('is no failure when it could not be measured, and says why', async () => {
    const room = await attemptRoom(ATTEND);
    const ada = await room.enrol(ADA);
    const id = await walkUp(room, ada.id);
    room.liveness.finish('unavailable', 'too_few_frames');
    await room.settle();
    expect(room.attempts.view(id).message).toEqual({ code: 'unavailable', detail: 'too_few_frames' });
    expect(room.regulation.locksOf(ada.id)).toEqual([]);
  });

  it('lets the next person come when whoever was recognised walked on', async () => {
    const room = await attemptRoom(ATTEND);
    const ada = await room.enrol(ADA);
    const id = await walkUp(room, ada.id);
    expect(room.attempts.view(id).expiresInMs).toBe(20_000);
    room.clock.advance(19_999);
    await room.settle();
    expect(room.attempts.busyAtKiosk()).toBe(true);
    room.clock.advance(1);
    await room.settle();
    expect(room.attempts.view(id)).toMatchObject({ phase: 'denied', reason: 'timeout' });
    expect(room.liveness.request).toBeUndefined();
    // Somebody who chose a way by hand has the usual time.
    const other = await walkUp(room, ada.id);
    expect((await room.attempts.choose(other, 1)).expiresInMs).toBe(60_000);
  });

  it('where the camera does not count, asks for another way and says why', async () => {
    const room = await attemptRoom(ATTEND);
    const ada = await room.enrol(ADA);
    room.liveness.reason = 'camera_not_allowed';
    const id = await walkUp(room, ada.id);
    const view = room.attempts.view(id);
    expect(view).toMatchObject({ chosen: 1, message: { code: 'unavailable', detail: 'camera_not_allowed' } });
    expect(view.live).toBeUndefined();
    // Who chooses it by hand hears it as well, and gets no further.
    await room.attempts.choose(id, 0);
    await room.settle();
    const chosen = room.attempts.view(id);
    expect(chosen.message).toEqual({ code: 'unavailable', detail: 'camera_not_allowed' });
    expect(factors(chosen)).toEqual(['face:passed', 'liveness:unavailable']);
    expect(room.admitted).toEqual([]);
  });

  it('waits for a face before it begins by itself', async () => {
    const room = await attemptRoom({ ...ATTEND, liveness: {} });
    const ada = await room.enrol(ADA);
    room.liveness.inSight = false;
    const id = await walkUp(room, ada.id);
    room.clock.advance(3000);
    expect(room.liveness.runs).toHaveLength(0);
    expect(room.attempts.view(id).live).toMatchObject({ state: 'ready', hint: 'no_face' });
    room.liveness.inSight = true;
    room.clock.advance(200);
    expect(room.liveness.runs).toHaveLength(1);
  });

  it('waits for a camera that is gone for a moment', async () => {
    const room = await attemptRoom(ATTEND);
    const ada = await room.enrol(ADA);
    const id = await walkUp(room, ada.id);
    room.liveness.finish('unavailable', 'camera_lost');
    await room.settle();
    room.liveness.reason = 'camera_lost';
    expect(room.attempts.view(id).live).toBeUndefined();
    room.liveness.reason = undefined;
    expect(room.attempts.view(id).live?.state).toBe('ready');
  });
});

describe('face and liveness answered together', () => {
  it('are gathered at the same time, and the challenge begins when the page asks for it', async () => {
    const room = await attemptRoom(LOGIN);
    const ada = await room.enrol(ADA);
    const { id } = await room.attempts.begin('login', KIOSK);
    await room.attempts.identify(id, { userName: 'ada' });
    expect(room.attempts.view(id).live).toBeUndefined();
    await room.attempts.answer(id, password);
    expect(room.attempts.view(id).live).toMatchObject({ state: 'ready', level: 'full', phase: 'neutral' });
    room.clock.advance(5000);
    expect(room.liveness.runs).toHaveLength(0);
    await room.attempts.challenge(id, { do: 'start' });
    await room.attempts.challenge(id, { do: 'start' });
    expect(room.liveness.runs).toHaveLength(1);
    room.faces.show(ada.id);
    await room.settle();
    expect(factors(room.attempts.view(id))).toEqual(['password:passed', 'face:given', 'liveness:waiting']);
    room.liveness.finish('passed');
    await room.settle();
    expect(room.attempts.view(id).phase).toBe('granted');
    expect(room.orders[0]?.amr).toEqual(['pwd', 'face']);
  });

  it('begin nothing anew while the result is on its way', async () => {
    const room = await attemptRoom(LOGIN);
    const ada = await room.enrol(ADA);
    const { id } = await room.attempts.begin('login', KIOSK);
    await room.attempts.identify(id, { userName: 'ada' });
    await room.attempts.answer(id, password);
    await room.attempts.challenge(id, { do: 'start' });
    room.faces.show(ada.id);
    await room.settle();
    room.liveness.finish('passed');
    // "Start" would come for a moment between the last movement and the page behind it.
    expect(room.attempts.view(id).live?.state).toBe('running');
    await room.settle();
    expect(room.attempts.view(id)).toMatchObject({ phase: 'granted' });
    expect(room.attempts.view(id).live).toBeUndefined();
  });

  it('a failed run is told to somebody who proved who he is, a wrong face beside it is not told apart', async () => {
    for (const right of [true, false]) {
      const room = await attemptRoom(LOGIN);
      const ada = await room.enrol(ADA);
      const { id } = await room.attempts.begin('login', KIOSK);
      await room.attempts.identify(id, { userName: 'ada' });
      await room.attempts.answer(id, password);
      await room.attempts.challenge(id, { do: 'start' });
      room.liveness.finish('failed', 'flat_picture');
      room.faces.show(right ? ada.id : undefined);
      await room.settle();
      const message = right ? { code: 'not_live', detail: 'flat_picture' } : { code: 'not_right' };
      expect(room.attempts.view(id).message).toEqual(message);
      expect(room.regulation.locksOf(ada.id).map(({ factor }) => factor)).toEqual(['face', 'liveness']);
    }
  });

  it('a run that was given is not given again by choosing another way and back', async () => {
    const room = await attemptRoom(LOGIN);
    await room.enrol(ADA);
    const { id } = await room.attempts.begin('login', KIOSK);
    await room.attempts.identify(id, { userName: 'ada' });
    await room.attempts.answer(id, password);
    await room.attempts.challenge(id, { do: 'start' });
    room.liveness.finish('failed', 'wrong_action');
    await room.settle();
    for (const index of [1, 0]) await room.attempts.choose(id, index);
    expect(factors(room.attempts.view(id))).toEqual(['password:passed', 'face:waiting', 'liveness:given']);
    expect(await refusal(room.attempts.challenge(id, { do: 'start' }))).toBe('input_invalid');
    expect(room.liveness.runs).toHaveLength(1);
  });

  it('a name that nobody has goes through the same, and never passes', async () => {
    const settings = { policy: { attend: [['face+liveness'], ['badge', 'pin']] } };
    const seen = await Promise.all(
      ['ada', 'nobody'].map(async (userName) => {
        const room = await attemptRoom(settings);
        await room.enrol(ADA);
        const { id } = await room.attempts.begin('attend', KIOSK);
        const views: unknown[] = [];
        const note = async (): Promise<void> => {
          await room.settle();
          const { id: _id, userName: _name, ...view } = room.attempts.view(id);
          views.push(view);
        };
        await room.attempts.identify(id, { userName });
        await note();
        room.liveness.finish('failed', userName === 'ada' ? 'looks_like_picture' : 'other_face');
        await note();
        room.faces.show(undefined);
        await note();
        await room.attempts.challenge(id, { do: 'start' });
        await note();
        // Also where the run of the unknown name were to pass.
        room.liveness.finish('passed');
        room.faces.show(undefined);
        await note();
        await room.attempts.stop();
        expect(room.admitted).toEqual([]);
        return views;
      }),
    );
    expect(seen[0]).toEqual(seen[1]);
  });
});

describe('the factor pose', () => {
  it('is the challenge, and binds to a face only where some way asks for both', async () => {
    for (const [policy, bound] of [
      [
        {
          login: [
            ['password', 'pose'],
            ['password', 'otp'],
          ],
        },
        false,
      ],
      [
        {
          login: [
            ['password', 'pose'],
            ['password', 'face', 'pose'],
            ['password', 'otp'],
          ],
        },
        true,
      ],
    ] as const) {
      const room = await attemptRoom({ policy, liveness: { login: 'passive' } });
      await room.enrol(ADA);
      const { id } = await room.attempts.begin('login', KIOSK);
      await room.attempts.identify(id, { userName: 'ada' });
      await room.attempts.answer(id, password);
      await room.attempts.challenge(id, { do: 'start' });
      expect(room.liveness.request).toMatchObject({ level: 'full', target: { factor: 'pose', bound } });
      room.liveness.finish('passed');
      await room.settle();
      expect(room.attempts.view(id).phase).toBe('granted');
      expect(room.orders[0]?.amr).toEqual(['pwd', 'user']);
    }
  });

  it.each(['other_face', 'pose_mismatch', 'no_pose_enrolled'] as const)(
    'does not say %s before something was proved, and says it afterwards',
    async (reason: LivenessReason) => {
      const early = await attemptRoom({
        policy: {
          login: [
            ['pose', 'password'],
            ['password', 'otp'],
          ],
        },
      });
      await early.enrol(ADA);
      const { id } = await early.attempts.begin('login', KIOSK);
      await early.attempts.identify(id, { userName: 'ada' });
      await early.attempts.challenge(id, { do: 'start' });
      early.liveness.finish('failed', reason);
      await early.settle();
      expect(early.attempts.view(id).message).toEqual({ code: 'not_right' });
      await early.attempts.challenge(id, { do: 'start' });
      early.liveness.finish('failed', 'too_late');
      await early.settle();
      // The same for every name, so it may be said.
      const { message } = early.attempts.view(id);
      expect(message?.code === 'not_live' ? message.detail : message?.code).toMatch(/too_late|wait/);

      const late = await attemptRoom(POSE);
      await late.enrol(ADA);
      const next = await late.attempts.begin('login', KIOSK);
      await late.attempts.identify(next.id, { userName: 'ada' });
      await late.attempts.answer(next.id, password);
      await late.attempts.challenge(next.id, { do: 'start' });
      late.liveness.finish('failed', reason);
      await late.settle();
      expect(late.attempts.view(next.id).message).toEqual({ code: 'not_live', detail: reason });
    },
  );

  it('never passes by a result about somebody or something else', async () => {
    const room = await attemptRoom(POSE);
    const ada = await room.enrol(ADA);
    const { id } = await room.attempts.begin('login', KIOSK);
    await room.attempts.identify(id, { userName: 'ada' });
    await room.attempts.answer(id, password);
    await room.attempts.challenge(id, { do: 'start' });
    const { request } = room.liveness;
    await room.attempts.choose(id, 1);
    await room.settle();
    expect(room.liveness.request).toBeUndefined();
    room.liveness.request = request;
    room.liveness.finish('passed');
    await room.settle();
    expect(room.attempts.view(id).phase).toBe('factors');
    expect(ada.id).toBe(request?.target.who.kind === 'person' ? request.target.who.personId : '');
  });
});

describe('a challenge that is left', () => {
  const PROMPT = {
    phase: 'prompt',
    prompt: { id: 'run.1', action: 'turn_left', number: 1, of: 3, moving: false, progress: 0, remainingMs: 2400 },
    progress: 0,
    skipsLeft: 2,
    remainingMs: 19_000,
  } as const;
  /** With the challenge asked for and, if so, a prompt on the screen. */
  async function asked(room: Room, prompted = true, userName: string = ADA.userName): Promise<string> {
    const { id } = await room.attempts.begin('login', KIOSK);
    await room.attempts.identify(id, { userName });
    await room.attempts.answer(id, password);
    await room.attempts.challenge(id, { do: 'start' });
    if (prompted) room.liveness.shows = PROMPT;
    return id;
  }
  const failures = (room: Room, subject: string): number | undefined =>
    room.regulation.locksOf(subject).find(({ factor }) => factor === 'pose')?.failures;

  it.each([
    ['by ending the attempt', (room: Room, id: string) => room.attempts.cancel(id)],
    ['by taking another way', (room: Room, id: string) => room.attempts.choose(id, 1)],
    ['by beginning another attempt', (room: Room) => asked(room, false)],
  ])('%s after its first prompt counts as failed: nobody draws until it suits him', async (_name, leave) => {
    const room = await attemptRoom(POSE);
    const ada = await room.enrol(ADA);
    const id = await asked(room);
    await leave(room, id);
    expect(failures(room, ada.id)).toBe(1);
  });

  it('has to wait after the second time, and is closed in the end', async () => {
    const room = await attemptRoom({ ...POSE, regulation: { lockAfterFace: 20 } });
    const ada = await room.enrol(ADA);
    for (let time = 0; time < 2; time++) await room.attempts.cancel(await asked(room));
    const { length } = room.liveness.runs;
    await asked(room);
    expect(room.liveness.runs).toHaveLength(length);
    expect(room.regulation.judge(ada.id, 'pose').kind).toBe('wait');
  });

  it('before the first prompt, by the end of the kiosk, or by an administrator counts nothing', async () => {
    const room = await attemptRoom(POSE);
    const ada = await room.enrol(ADA);
    await room.attempts.cancel(await asked(room, false));
    expect(failures(room, ada.id)).toBeUndefined();
    await asked(room);
    room.attempts.endAllOf(ada.id);
    await room.settle();
    expect(failures(room, ada.id)).toBeUndefined();
    await asked(room);
    await room.attempts.stop();
    expect(failures(room, ada.id)).toBeUndefined();
    expect(room.faults).toEqual([]);
  });

  it('nothing is written down again of somebody who is removed', async () => {
    const room = await attemptRoom({ policy: { login: [['password+pose'], ['password', 'otp']] } });
    const ada = await room.enrol(ADA);
    const { id } = await room.attempts.begin('login', KIOSK);
    await room.attempts.identify(id, { userName: 'ada' });
    await room.attempts.challenge(id, { do: 'start' });
    room.liveness.finish('failed', 'too_late');
    await room.settle();
    room.attempts.endAllOf(ada.id);
    await room.settle();
    expect(room.attempts.view(id).reason).toBe('cancelled');
    expect(room.regulation.locksOf(ada.id)).toEqual([]);
  });

  it('because somebody elsewhere answered another factor wrong counts nothing', async () => {
    const room = await attemptRoom({
      policy: { login: [['password+pose'], ['password', 'otp']] },
      regulation: { freeTries: 1 },
    });
    const ada = await room.enrol(ADA);
    const { id } = await room.attempts.begin('login', KIOSK);
    await room.attempts.identify(id, { userName: 'ada' });
    await room.attempts.challenge(id, { do: 'start' });
    room.liveness.shows = PROMPT;
    await room.regulation.failed(ada.id, 'password');
    await room.attempts.touch(id);
    expect(room.liveness.request).toBeUndefined();
    expect(failures(room, ada.id)).toBeUndefined();
  });

  it('is counted for a name that nobody has as well', async () => {
    const room = await attemptRoom({ policy: { login: [['password+pose'], ['password', 'otp']] } });
    for (let time = 0; time < 2; time++) {
      const { id } = await room.attempts.begin('login', KIOSK);
      await room.attempts.identify(id, { userName: 'nobody' });
      await room.attempts.challenge(id, { do: 'start' });
      room.liveness.shows = PROMPT;
      await room.attempts.cancel(id);
    }
    expect(room.regulation.locks().map(({ factor, failures }) => [factor, failures])).toEqual([['pose', 2]]);
  });
});

describe('the page and a run', () => {
  it('a prompt on the screen is taken at once, while an answer is still being looked at', async () => {
    const room = await attemptRoom({ policy: { login: [['password+pose'], ['password', 'otp']] } });
    await room.enrol(ADA);
    const { id } = await room.attempts.begin('login', KIOSK);
    await room.attempts.identify(id, { userName: 'ada' });
    await room.attempts.challenge(id, { do: 'start' });
    let open = (): void => {};
    const held = new Promise<void>((resolve) => {
      open = resolve;
    });
    const verify = room.hasher.verify.bind(room.hasher);
    room.hasher.verify = async (...given) => {
      await held;
      return verify(...given);
    };
    const answering = room.attempts.answer(id, wrong);
    const view = await room.attempts.challenge(id, { do: 'shown', id: 'p1' });
    expect(view.live?.state).toBe('running');
    expect(room.liveness.shown).toEqual(['p1']);
    await room.attempts.challenge(id, { do: 'skip', id: 'p1' });
    expect(room.liveness.skipped).toEqual(['p1']);
    open();
    await answering;
  });

  it('a challenge that runs is not taken for somebody who left', async () => {
    const room = await attemptRoom({ ...POSE, liveness: { challengeSeconds: 60 } });
    room.liveness.shows = { phase: 'neutral', progress: 0, skipsLeft: 2, remainingMs: 70_000 };
    await room.enrol(ADA);
    const { id } = await room.attempts.begin('login', KIOSK);
    await room.attempts.identify(id, { userName: 'ada' });
    await room.attempts.answer(id, password);
    await room.attempts.challenge(id, { do: 'start' });
    room.clock.advance(65_000);
    await room.settle();
    expect(room.attempts.view(id).phase).toBe('factors');
  });

  it('elsewhere than at the kiosk there is no run, and nothing to say to one', async () => {
    const room = await attemptRoom(POSE);
    await room.enrol(ADA);
    const { id } = await room.attempts.begin('login', LAN);
    const named = await room.attempts.identify(id, { userName: 'ada' });
    // The way that can work from there is shown first.
    expect(named.chosen).toBe(1);
    await room.attempts.answer(id, password);
    const view = await room.attempts.choose(id, 0);
    expect(factors(view)).toEqual(['password:passed', 'pose:unavailable']);
    expect(view.live).toBeUndefined();
    for (const step of [{ do: 'start' }, { do: 'shown', id: 'p1' }, { do: 'skip', id: 'p1' }] as const)
      expect(await refusal(room.attempts.challenge(id, step))).toBe('input_invalid');
    expect(room.liveness.runs).toHaveLength(0);
  });

  it('nothing is said to a run that is not asked for, or of an attempt that is over', async () => {
    const room = await attemptRoom(POSE);
    await room.enrol(ADA);
    const { id } = await room.attempts.begin('login', KIOSK);
    expect(await refusal(room.attempts.challenge(id, { do: 'start' }))).toBe('input_invalid');
    await room.attempts.cancel(id);
    expect((await room.attempts.challenge(id, { do: 'start' })).phase).toBe('denied');
    expect(await refusal(room.attempts.challenge('no-such-attempt', { do: 'start' }))).toBe('attempt_over');
    expect(room.liveness.runs).toHaveLength(0);
  });

  it('the newest attempt has the camera; the other one is offered no run meanwhile', async () => {
    const room = await attemptRoom(POSE);
    await room.enrol(ADA);
    const ids: string[] = [];
    for (let n = 0; n < 2; n++) {
      const { id } = await room.attempts.begin('login', KIOSK);
      ids.push(id);
      await room.attempts.identify(id, { userName: 'ada' });
      await room.attempts.answer(id, password);
    }
    expect(ids.map((id) => room.attempts.view(id).live?.state)).toEqual([undefined, 'ready']);
    await room.attempts.cancel(ids[1]!);
    expect(room.attempts.view(ids[0]!).live?.state).toBe('ready');
  });

  it('the end of an attempt ends its run', async () => {
    const room = await attemptRoom(POSE);
    await room.enrol(ADA);
    const { id } = await room.attempts.begin('login', KIOSK);
    await room.attempts.identify(id, { userName: 'ada' });
    await room.attempts.answer(id, password);
    await room.attempts.challenge(id, { do: 'start' });
    await room.attempts.cancel(id);
    expect(room.liveness.request).toBeUndefined();
  });

  it('the journal keeps the record of every run', async () => {
    const room = await attemptRoom(POSE);
    await room.enrol(ADA);
    const { id } = await room.attempts.begin('login', KIOSK);
    await room.attempts.identify(id, { userName: 'ada' });
    await room.attempts.answer(id, password);
    for (const state of ['failed', 'unavailable', 'passed'] as const) {
      await room.attempts.challenge(id, { do: 'start' });
      room.liveness.finish(state, state === 'failed' ? 'too_early' : undefined);
      await room.settle();
    }
    const [decision] = await room.journal.list();
    expect(decision?.factors.map(({ kind, outcome, evidence }) => [kind, outcome, evidence?.state])).toEqual([
      ['password', 'passed', undefined],
      ['pose', 'failed', 'failed'],
      ['pose', 'unavailable', 'unavailable'],
      ['pose', 'passed', 'passed'],
    ]);
  });
});
