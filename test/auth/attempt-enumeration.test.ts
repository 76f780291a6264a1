import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AttemptView } from '../../src/auth/attempt-view.js';
import type { Purpose } from '../../src/domain/decision.js';
import { VestibuleError } from '../../src/domain/errors.js';
import type { FakeLiveness } from '../fakes/fake-liveness.js';
import { ADA, attemptRoom, KIOSK, LAN } from '../support/attempt-room.js';

/** One thing that a caller does; all of it wrong. */
type Action =
  | { readonly kind: 'begin'; readonly purpose: Purpose; readonly remote: boolean }
  | { readonly kind: 'identify' }
  | { readonly kind: 'choose'; readonly index: number }
  | { readonly kind: 'answer'; readonly factor: 'password' | 'pin' | 'badge' | 'otp' }
  | { readonly kind: 'send'; readonly channel: string }
  | { readonly kind: 'face' }
  | { readonly kind: 'start' }
  | { readonly kind: 'run'; readonly how: 'picture' | 'person' | 'unmeasured' | 'passed' }
  | { readonly kind: 'advance'; readonly ms: number };

/** The run before the camera ends. `person`: what is compared is not that of the person named, or there is none. */
function endRun(liveness: FakeLiveness, how: 'picture' | 'person' | 'unmeasured' | 'passed'): void {
  const { target } = liveness.request ?? {};
  if (target === undefined) return;
  if (how === 'passed') liveness.finish('passed');
  else if (how === 'picture') liveness.finish('failed', 'looks_like_picture');
  else if (how === 'unmeasured') liveness.finish('unavailable', 'too_few_frames');
  else if (target.factor === 'liveness') liveness.finish('failed', 'other_face');
  else if (target.who.kind === 'nobody') liveness.finish('unavailable', 'no_pose_enrolled');
  else liveness.finish('failed', 'pose_mismatch');
}

const WRONG = {
  password: { kind: 'password', password: 'not this one' },
  pin: { kind: 'pin', pin: '111111' },
  badge: { kind: 'badge', badge: 'FFFFFFFF' },
  otp: { kind: 'otp', code: '000000' },
} as const;

/** Everything that one caller sees while he does these things. */
async function seenBy(actions: readonly Action[], claim: { userName: string } | { badge: string }, settings: object) {
  const room = await attemptRoom(settings);
  const { attempts, clock, faces, liveness, settle } = room;
  // Ada has everything, Bea has only a password, Cem nothing but his name.
  await room.enrol({ ...ADA }, { phone: '+4915112345678', externalId: '4711' });
  await room.enrol(
    { userName: 'bea', password: ADA.password, badge: 'BEA00001' },
    { totp: false, face: false, role: 'admin' },
  );
  await room.enrol({ userName: 'cem', badge: 'CEM00001' }, { totp: false, face: false });
  const seen: unknown[] = [];
  let id: string | undefined;
  const note = async (work: () => Promise<AttemptView | undefined>): Promise<void> => {
    try {
      const view = await work();
      if (view === undefined) return;
      const { id: _id, userName, ...rest } = view;
      seen.push({ ...rest, named: userName !== undefined && 'userName' in claim && userName === claim.userName });
    } catch (error) {
      seen.push(error instanceof VestibuleError ? [error.code, error.message] : String(error));
    }
  };
  for (const action of actions) {
    await note(async () => {
      if (action.kind === 'begin') {
        const view = await attempts.begin(action.purpose, action.remote ? LAN : KIOSK);
        id = view.id;
        return view;
      }
      if (action.kind === 'advance') clock.advance(action.ms);
      if (action.kind === 'face') faces.finish('failed');
      if (action.kind === 'run') endRun(liveness, action.how);
      if (id === undefined) return undefined;
      if (action.kind === 'identify') return attempts.identify(id, claim);
      if (action.kind === 'choose') return attempts.choose(id, action.index);
      if (action.kind === 'answer') return attempts.answer(id, WRONG[action.factor]);
      if (action.kind === 'send') return attempts.sendCode(id, action.channel);
      if (action.kind === 'start') return attempts.challenge(id, { do: 'start' });
      await settle();
      return attempts.view(id);
    });
    if (id !== undefined) await note(async () => attempts.view(id!));
  }
  await attempts.stop();
  expect(room.orders).toEqual([]);
  expect(room.admitted).toEqual([]);
  return { seen, compared: room.hasher.compared.length, faults: room.faults.map(String) };
}

describe('B5 no enumeration', () => {
  const actionArb: fc.Arbitrary<Action> = fc.oneof(
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('begin' as const),
        purpose: fc.constantFrom<Purpose>('attend', 'login', 'door', 'admin'),
        remote: fc.boolean(),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.constant<Action>({ kind: 'identify' }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('choose' as const), index: fc.nat(5) }) },
    {
      weight: 10,
      arbitrary: fc.record({
        kind: fc.constant('answer' as const),
        factor: fc.constantFrom('password' as const, 'pin' as const, 'badge' as const, 'otp' as const),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('send' as const),
        channel: fc.constantFrom('totp', 'twilio-sms', 'email'),
      }),
    },
    { weight: 3, arbitrary: fc.constant<Action>({ kind: 'face' }) },
    { weight: 2, arbitrary: fc.constant<Action>({ kind: 'start' }) },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('run' as const),
        how: fc.constantFrom('picture' as const, 'person' as const, 'unmeasured' as const, 'passed' as const),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('advance' as const),
        ms: fc.constantFrom(1000, 30_000, 61_000, 900_000),
      }),
    },
  );
  const policies = [
    {},
    {
      login: [['otp', 'password'], ['password+otp'], ['badge', 'otp']],
      attend: [
        ['face', 'pin'],
        ['badge', 'pin'],
      ],
      door: [['badge+pin']],
    },
    {
      login: [['password', 'otp']],
      overrides: [
        { people: ['4711'], login: [['badge', 'pin', 'otp']] },
        { roles: ['admin'], attend: [] },
      ],
    },
    {
      attend: [['face+liveness'], ['badge', 'pin']],
      login: [['password+pose'], ['password', 'face+liveness'], ['badge+pose', 'otp']],
      door: [['face+liveness+pin'], ['badge+pin']],
    },
    {
      attend: [['pin+pose'], ['face', 'liveness'], ['badge', 'pin']],
      login: [['password', 'face+pose'], ['otp+pose+password']],
      overrides: [
        { people: ['4711'], login: [['face+liveness+password'], ['badge+pose', 'otp'], ['password', 'otp']] },
      ],
    },
  ];

  it('a known and an unknown name see the same, whatever is answered wrong', async () => {
    const seed = Date.now() & 0x7fffffff;
    const tally = { runs: 0, views: 0 };
    const pairs = [
      [{ userName: 'ada' }, { userName: 'nobody' }],
      [{ userName: 'Bea' }, { userName: 'nobody' }],
      [{ userName: 'cem' }, { userName: 'Nobody' }],
      [{ badge: ADA.badge }, { badge: 'D00D0000' }],
      [{ badge: 'bea00001' }, { badge: 'D00D0000' }],
    ] as const;
    await fc.assert(
      fc.asyncProperty(
        fc.array(actionArb, { minLength: 6, maxLength: 40 }),
        fc.constantFrom(...pairs),
        fc.constantFrom(...policies),
        async (actions, [known, unknown], policy) => {
          const script: Action[] = [
            { kind: 'begin', purpose: 'login', remote: true },
            { kind: 'identify' },
            ...actions,
          ];
          const settings = { policy, regulation: { lockAfter: 7 } };
          const one = await seenBy(script, known, settings);
          const other = await seenBy(script, unknown, settings);
          expect(one.seen).toEqual(other.seen);
          // As many slow comparisons, so as much time.
          expect(one.compared).toBe(other.compared);
          expect([...one.faults, ...other.faults]).toEqual([]);
          tally.runs += 1;
          tally.views += one.seen.length;
        },
      ),
      { numRuns: 200, seed },
    );
    console.log(`B5: ${tally.runs} scripts, ${tally.views} views compared, 0 different, limit 0, seed ${seed}`);
  }, 60_000);
});
