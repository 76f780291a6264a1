import { describe, expect, it } from 'vitest';
import { policySchema } from '../../src/config/schema-login.js';
import { VERIFIABLE_FACTORS } from '../../src/domain/factor.js';
import { localTimeOf } from '../../src/domain/local-time.js';
import {
  type Alternative,
  alternativesFor,
  alternativesForAnybody,
  alternativeText,
  faceMayBeAlone,
  type LocalTime,
  type Policy,
  type PolicySubject,
  parseStep,
  passwordMayBeAlone,
  type Weekday,
} from '../../src/domain/policy.js';
import { policyFaults } from '../../src/domain/policy-faults.js';
import { policyOf } from '../../src/domain/policy-written.js';

function policy(written: object): Policy {
  return policyOf(policySchema.parse(written));
}

function at(weekday: Weekday, time: string): LocalTime {
  return { weekday, minute: Number(time.slice(0, 2)) * 60 + Number(time.slice(3)) };
}

function texts(alternatives: readonly Alternative[]): string[] {
  return alternatives.map(alternativeText);
}

const ANYBODY: PolicySubject = { role: 'person' };
const NOON = at('wed', '12:00');

describe('policy', () => {
  it('reads a step as one factor or several joined by +', () => {
    expect(parseStep('password')).toEqual(['password']);
    expect(parseStep('password+face+otp')).toEqual(['password', 'face', 'otp']);
    expect(() => parseStep('pasword')).toThrow(/is no factor; use face/);
  });

  it('the default policy has no fault and asks for its alternatives in their order', () => {
    const base = policy({});
    expect(policyFaults(base)).toEqual([]);
    expect(texts(alternativesFor(base, 'login', ANYBODY, NOON))).toEqual([
      'password, otp',
      'password, face',
      'badge, pin, otp',
    ]);
  });

  it('the first rule that holds and names the purpose decides; others keep the base', () => {
    const rules = policy({
      overrides: [
        { roles: ['admin'], login: [['password', 'otp', 'badge']] },
        { people: ['p_000000000001', '4711'], login: [['badge', 'otp']] },
        { roles: ['admin', 'manager'], login: [['password+otp']] },
      ],
    });
    const asked = (subject: PolicySubject) => texts(alternativesFor(rules, 'login', subject, NOON));
    expect(asked({ role: 'admin', personId: 'p_000000000001' })).toEqual(['password, otp, badge']);
    expect(asked({ role: 'manager', personId: 'p_000000000001' })).toEqual(['badge, otp']);
    expect(asked({ role: 'person', personId: 'p_000000000002', externalId: '4711' })).toEqual(['badge, otp']);
    expect(asked({ role: 'manager', personId: 'p_000000000003' })).toEqual(['password+otp']);
    expect(asked(ANYBODY)).toHaveLength(3);
    expect(texts(alternativesFor(rules, 'admin', { role: 'admin' }, NOON))).toEqual(['password, otp']);
  });

  it.each([
    // from, to, days, weekday, time, holds
    ['08:00', '17:00', undefined, 'mon', '08:00', true],
    ['08:00', '17:00', undefined, 'mon', '07:59', false],
    ['08:00', '17:00', undefined, 'mon', '17:00', false],
    ['08:00', '17:00', ['mon'], 'tue', '12:00', false],
    ['22:00', '06:00', undefined, 'mon', '23:59', true],
    ['22:00', '06:00', undefined, 'mon', '05:59', true],
    ['22:00', '06:00', undefined, 'mon', '06:00', false],
    ['22:00', '06:00', ['fri'], 'fri', '22:00', true],
    ['22:00', '06:00', ['fri'], 'sat', '05:59', true],
    ['22:00', '06:00', ['fri'], 'fri', '05:59', false],
    ['22:00', '06:00', ['sun'], 'mon', '01:00', true],
    ['22:00', '06:00', ['fri'], 'sat', '22:00', false],
    ['20:00', undefined, ['fri'], 'fri', '23:59', true],
    ['20:00', undefined, ['fri'], 'sat', '00:00', false],
    [undefined, '08:00', ['sat'], 'sat', '00:00', true],
    [undefined, '08:00', ['sat'], 'sat', '08:00', false],
    ['09:00', '09:00', ['tue'], 'tue', '09:00', true],
    ['09:00', '09:00', ['tue'], 'wed', '08:59', true],
    ['09:00', '09:00', ['tue'], 'tue', '08:59', false],
    ['20:00', '00:00', ['tue'], 'tue', '23:59', true],
    ['20:00', '00:00', ['tue'], 'wed', '00:00', false],
    [undefined, undefined, ['sat', 'sun'], 'sun', '12:00', true],
    [undefined, undefined, ['sat', 'sun'], 'mon', '00:00', false],
  ] as const)('window %s to %s on %j holds on %s at %s: %s', (from, to, days, weekday, time, holds) => {
    const closed = policy({
      overrides: [{ ...(from && { from }), ...(to && { to }), ...(days && { days }), door: [] }],
    });
    expect(alternativesFor(closed, 'door', ANYBODY, at(weekday, time)).length === 0).toBe(holds);
  });

  it('windows follow the clock on the wall in the nights of the changes of time', () => {
    const local = (iso: string) => localTimeOf(Date.parse(iso), 'Europe/Berlin');
    expect(local('2026-03-29T00:59:00Z')).toEqual({ weekday: 'sun', minute: 119 });
    expect(local('2026-03-29T01:00:00Z')).toEqual({ weekday: 'sun', minute: 180 });
    expect(local('2026-10-25T00:30:00Z')).toEqual({ weekday: 'sun', minute: 150 });
    expect(local('2026-10-25T01:30:00Z')).toEqual({ weekday: 'sun', minute: 150 });
    const night = policy({ overrides: [{ from: '02:00', to: '03:00', door: [] }] });
    const open = (iso: string) => alternativesFor(night, 'door', ANYBODY, local(iso)).length > 0;
    // The hour is left out in spring, and comes twice in autumn.
    expect(['00:59', '01:00', '01:59'].map((time) => open(`2026-03-29T${time}:00Z`))).toEqual([true, true, true]);
    expect(
      ['23:59', '00:00', '01:59'].map((time) => open(`2026-10-${time === '23:59' ? 24 : 25}T${time}:00Z`)),
    ).toEqual([true, false, false]);
  });

  it('offers everybody the same list before anything is proved: the unnamed person first, then the rest', () => {
    const rules = policy({
      login: [['password', 'otp']],
      overrides: [
        {
          people: ['4711'],
          login: [
            ['badge', 'otp'],
            ['password', 'otp'],
          ],
        },
        { roles: ['admin'], from: '08:00', to: '18:00', login: [['password+otp', 'badge']] },
      ],
    });
    expect(texts(alternativesForAnybody(rules, 'login', NOON))).toEqual([
      'password, otp',
      'badge, otp',
      'password+otp, badge',
    ]);
    expect(texts(alternativesForAnybody(rules, 'login', at('wed', '20:00')))).toEqual(['password, otp', 'badge, otp']);
    const closed = policy({ overrides: [{ roles: ['admin'], door: [['password', 'otp']] }, { door: [] }] });
    expect(texts(alternativesForAnybody(closed, 'door', NOON))).toEqual(['password, otp']);
    expect(alternativesForAnybody(policy({ overrides: [{ door: [] }] }), 'door', NOON)).toEqual([]);
    // A rule for the role of unnamed people leaves the base to the others.
    const people = policy({ door: [['badge', 'pin']], overrides: [{ roles: ['person'], door: [] }] });
    expect(texts(alternativesForAnybody(people, 'door', NOON))).toEqual(['badge, pin']);
  });

  it('what is offered holds what any person may be asked, over random policies', () => {
    let seed = 7;
    const next = (below: number): number => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return Math.floor((seed / 2147483648) * below);
    };
    const some = [[['password', 'otp']], [['badge', 'pin']], [['password+otp', 'face'], ['pin']], []];
    for (let round = 0; round < 500; round++) {
      const overrides = Array.from({ length: next(5) }, () => ({
        ...(next(2) && { people: [['4711'], ['4712', '4711']][next(2)] }),
        ...(next(2) && { roles: [['admin'], ['person'], ['manager', 'admin']][next(3)] }),
        ...(next(2) && { days: [['mon'], ['wed', 'sun']][next(2)] }),
        ...(next(2) && { from: '22:00', to: '07:00' }),
        door: some[next(4)],
      }));
      const rules = policy({ door: some[next(3)], overrides });
      const now = at((['mon', 'tue', 'wed'] as const)[next(3)]!, ['06:00', '12:00', '23:00'][next(3)]!);
      const offered = texts(alternativesForAnybody(rules, 'door', now));
      for (const role of ['person', 'manager', 'admin'] as const) {
        for (const externalId of ['4711', '4712', '4713'])
          expect(offered).toEqual(
            expect.arrayContaining(texts(alternativesFor(rules, 'door', { role, externalId }, now))),
          );
      }
    }
  });

  it('knows whether a password may be all that is asked', () => {
    expect(passwordMayBeAlone(policy({}))).toBe(false);
    expect(passwordMayBeAlone(policy({ attend: [['password']] }))).toBe(true);
    expect(passwordMayBeAlone(policy({ attend: [['badge', 'pin']] }))).toBe(false);
    expect(
      passwordMayBeAlone(policy({ attend: [['pin']], overrides: [{ roles: ['admin'], door: [['password']] }] })),
    ).toBe(true);
    expect(passwordMayBeAlone(policy({ attend: [['password+pin']] }))).toBe(false);
  });

  it('knows whether a face may be all that is asked', () => {
    expect(faceMayBeAlone(policy({ attend: [['pin'], ['face']] }))).toBe(true);
    expect(faceMayBeAlone(policy({ attend: [['face', 'liveness'], ['face+pin']] }))).toBe(false);
    expect(faceMayBeAlone(policy({ attend: [['pin']], overrides: [{ days: ['sun'], attend: [['face']] }] }))).toBe(
      true,
    );
  });
});

/** All 20 ordered pairs of factors that go together in any order. */
const FREE = VERIFIABLE_FACTORS.filter((kind) => kind !== 'liveness' && kind !== 'pose');
const PAIRS = FREE.flatMap((first) => FREE.filter((second) => second !== first).map((second) => [first, second]));

describe('policy faults', () => {
  const refusals: readonly [string, object, readonly [string, RegExp][]][] = [
    [
      'only biometrics to attend',
      { attend: [['face']] },
      [['policy.attend', /nobody may be forced to use biometrics/]],
    ],
    [
      'biometrics in every alternative',
      {
        login: [
          ['password', 'face'],
          ['badge', 'face'],
        ],
      },
      [['policy.login', /forced/]],
    ],
    ['a purpose without alternatives', { door: [] }, [['policy.door', /use an override with \[\]/]]],
    [
      'an override with biometrics in every alternative',
      { overrides: [{ roles: ['admin'], attend: [['face']] }] },
      [['policy.overrides.0.attend', /forced/]],
    ],
    [
      'the signature',
      {
        login: [
          ['password', 'signature'],
          ['password', 'otp'],
        ],
      },
      [['policy.login.0', /cannot verify signature; use face, liveness, pose, password, pin, badge, otp/]],
    ],
    [
      'liveness without a face',
      { attend: [['pin', 'liveness'], ['pin']] },
      [['policy.attend.0', /liveness says nothing about who it is; put face into/]],
    ],
    [
      'liveness before the face',
      {
        door: [
          ['liveness', 'face'],
          ['badge', 'pin'],
        ],
      },
      [['policy.door.0', /put face into the same step or an earlier one/]],
    ],
    [
      'pose alone',
      { attend: [['pose'], ['pin']], overrides: [{ roles: ['admin'], attend: [['pose'], ['badge']] }] },
      [
        ['policy.attend.0', /pose says too little about who it is; put face/],
        ['policy.overrides.0.attend.0', /pose says too little/],
      ],
    ],
    [
      'a session by pose alone, or by face, liveness and pose',
      {
        login: [['pose'], ['password', 'otp']],
        admin: [
          ['face', 'liveness+pose'],
          ['password', 'otp'],
        ],
      },
      [
        ['policy.login.0', /biometrics alone never open a session/],
        ['policy.login.0', /pose says too little/],
        ['policy.admin.0', /biometrics alone never open a session/],
      ],
    ],
    [
      'pose before what says who it is',
      {
        login: [
          ['pose', 'password'],
          ['password', 'otp'],
        ],
      },
      [['policy.login.0', /pose says too little/]],
    ],
    [
      'a door by face and pose',
      { door: [['face+pose'], ['badge', 'pin']] },
      [['policy.door.0', /not opened by biometrics without liveness/]],
    ],
    [
      'a factor twice in a step',
      { login: [['password+password'], ['password', 'otp']] },
      [['policy.login.0', /password stands twice/]],
    ],
    [
      'a factor twice over steps',
      {
        login: [
          ['password', 'otp', 'password'],
          ['password', 'otp'],
        ],
      },
      [['policy.login.0', /password stands twice/]],
    ],
    [
      'the same alternative twice',
      { attend: [['pin'], ['badge', 'pin'], ['pin']] },
      [['policy.attend.2', /stands twice; keep one/]],
    ],
    [
      'login by the face alone',
      { login: [['face'], ['password', 'otp']] },
      [['policy.login.0', /biometrics alone never open a session/]],
    ],
    [
      'admin by face and signature',
      {
        admin: [
          ['face', 'signature'],
          ['password', 'otp'],
        ],
      },
      [
        ['policy.admin.0', /cannot verify signature/],
        ['policy.admin.0', /biometrics alone/],
      ],
    ],
    ['login by a pin alone', { login: [['pin']] }, [['policy.login.0', /pin alone does not open a session/]]],
    ['login by a badge alone', { login: [['badge'], ['password']] }, [['policy.login.0', /badge alone/]]],
    ['admin by a code alone', { admin: [['otp'], ['password', 'otp']] }, [['policy.admin.0', /otp alone/]]],
    [
      'a door by the face alone',
      { door: [['face'], ['badge', 'pin']] },
      [['policy.door.0', /not opened by biometrics without liveness/]],
    ],
    [
      'the same in an override',
      { overrides: [{ roles: ['admin'], login: [['pin'], ['password']] }] },
      [['policy.overrides.0.login.0', /pin alone/]],
    ],
    [
      'an override that changes nothing',
      { overrides: [{ roles: ['admin'] }] },
      [['policy.overrides.0', /changes nothing; name one of attend/]],
    ],
    [
      'an override for nobody',
      { overrides: [{ people: [], roles: [], days: [], door: [] }] },
      [
        ['policy.overrides.0.people', /holds for nobody/],
        ['policy.overrides.0.roles', /holds for nobody/],
        ['policy.overrides.0.days', /holds for nobody/],
      ],
    ],
    [
      'more alternatives than a screen can offer',
      {
        door: PAIRS.slice(0, 8),
        overrides: [8, 16].map((from) => ({ people: [`${from}`], door: PAIRS.slice(from, from + 8) })),
      },
      [['policy.door', /there are 20 different alternatives; at most 16/]],
    ],
  ];

  it.each(refusals)('refuses %s', (_name, written, expected) => {
    const faults = policyFaults(policy(written));
    expect(faults.map((fault) => fault.path)).toEqual(expected.map(([path]) => path));
    for (const [index, [, message]] of expected.entries()) expect(faults[index]?.message).toMatch(message);
  });

  it('reports every fault at once', () => {
    const written = {
      attend: [['liveness+face'], ['signature']],
      login: [['pin'], ['face', 'face']],
      overrides: [{ roles: ['admin'] }, { door: [['face']] }],
    };
    expect(policyFaults(policy(written)).map((fault) => fault.path)).toEqual([
      'policy.attend',
      'policy.attend.1',
      'policy.login.0',
      'policy.login.1',
      'policy.login.1',
      'policy.overrides.0',
      'policy.overrides.1.door',
      'policy.overrides.1.door.0',
    ]);
  });

  it('takes a password alone, a closed override, a face beside a way without biometrics, and liveness with it', () => {
    const written = {
      login: [['password'], ['password', 'face', 'liveness'], ['password+pose']],
      attend: [['face+liveness'], ['face', 'pose'], ['badge']],
      door: [
        ['face', 'liveness'],
        ['badge', 'pin'],
      ],
      overrides: [{ roles: ['person'], door: [] }],
    };
    expect(policyFaults(policy(written))).toEqual([]);
  });
});
