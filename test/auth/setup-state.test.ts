import { describe, expect, it } from 'vitest';
import { setupRules } from '../../src/auth/setup-rules.js';
import { type SetupRules, setupOf } from '../../src/auth/setup-state.js';
import type { Person } from '../../src/domain/person.js';
import type { Alternative, Policy } from '../../src/domain/policy.js';
import type { Template } from '../../src/domain/template.js';
import { noCredentials } from '../../src/people/credential-record.js';
import type { PersonCredentials } from '../../src/people/credentials.js';

const consent = { textVersion: '1', language: 'en', at: '2026-11-21T08:00:00Z', recordedBy: 'person' } as const;
const ada: Person = { id: 'p_1', name: 'Ada', createdAt: '2026-11-21T08:00:00Z', active: true, consent };
const none: Template[] = [];
const face = { id: 't', personId: 'p_1', kind: 'face' } as Template;
/** The login alternatives of the default policy. */
const LOGIN: readonly Alternative[] = [
  [['password'], ['otp']],
  [['password'], ['face']],
  [['badge'], ['pin'], ['otp']],
];

function state(
  own: Partial<PersonCredentials>,
  rules: Partial<SetupRules> = {},
  templates: readonly Template[] = none,
  person: Person = ada,
) {
  return setupOf(
    person,
    { ...noCredentials('p_1'), ...own },
    { of: () => templates },
    {
      face: 'offered',
      purposes: [LOGIN],
      hasCodes: false,
      ...rules,
    },
  );
}

describe('setupOf', () => {
  it('asks a new person for a password and the other factor of the shortest way in', () => {
    expect(state({})).toEqual({ complete: false, required: ['password', 'otp'], done: [] });
    expect(state({ passwordHash: 'h' })).toEqual({
      complete: false,
      required: ['password', 'otp'],
      done: ['password'],
    });
    expect(state({ passwordHash: 'h' }, { hasCodes: true })).toMatchObject({ complete: true });
  });

  it('is content with the face where the policy is', () => {
    expect(state({ passwordHash: 'h' }, {}, [face])).toEqual({
      complete: true,
      required: ['password', 'face'],
      done: ['password', 'face'],
    });
  });

  it('asks for nothing to be set up for liveness, and for the face beside it', () => {
    const purposes = [
      [
        [['password'], ['face', 'liveness']],
        [['badge'], ['pin'], ['otp']],
      ],
    ] as const;
    expect(state({ passwordHash: 'h' }, { purposes })).toMatchObject({ required: ['password', 'face'] });
    expect(state({ passwordHash: 'h' }, { purposes }, [face])).toMatchObject({ complete: true });
    expect(state({ passwordHash: 'h' }, { purposes, face: 'off' }).required).toEqual(['password']);
  });

  it('prefers another way to a challenge, and takes the challenge where nothing else can be set up', () => {
    const purposes = [
      [
        [['password'], ['pose']],
        [['password'], ['otp']],
      ],
    ] as const;
    const badge = [
      [
        [['password'], ['pose']],
        [['badge'], ['pin']],
      ],
    ] as const;
    const signed = { ...face, kind: 'pose' } as Template;
    expect(state({}, { purposes }).required).toEqual(['password', 'otp']);
    expect(state({ passwordHash: 'h' }, { purposes: badge })).toMatchObject({ complete: true });
    // A body motion that has to be enrolled is set up on the own page, so it is no way to get there.
    expect(state({}, { purposes, poseNeedsSetup: true }).required).toEqual(['password', 'otp']);
    expect(state({ passwordHash: 'h' }, { purposes, poseNeedsSetup: true }, [signed])).toMatchObject({
      complete: true,
    });
  });

  it('counts no face without consent', () => {
    const { consent: _none, ...without } = ada;
    expect(state({ passwordHash: 'h' }, {}, [face], without)).toMatchObject({ complete: false, done: ['password'] });
  });

  it('wants the face as well where the configuration requires it', () => {
    expect(state({ passwordHash: 'h' }, { face: 'required', hasCodes: true })).toEqual({
      complete: false,
      required: ['password', 'face', 'otp'],
      done: ['password', 'otp'],
    });
    expect(state({ passwordHash: 'h' }, { face: 'required' }, [face])).toMatchObject({ complete: true });
  });

  it('never sends anybody to the face where it is off, nor to a badge that others hand out', () => {
    const purposes = [
      [
        [['password'], ['face']],
        [['badge'], ['pin']],
        [['password'], ['pin']],
      ],
    ] as const;
    expect(state({ passwordHash: 'h' }, { face: 'off', purposes }).required).toEqual(['password', 'pin']);
    const badges = [{ id: 'b', label: '', addedAt: '', mac: 'm' }];
    expect(state({ passwordHash: 'h', pinHash: 'h', badges }, { face: 'off', purposes }).complete).toBe(true);
    expect(state({ passwordHash: 'h' }, { purposes: [[[['badge'], ['pin']]]] }).required).toEqual(['password']);
  });

  it('asks for nothing more than a password where that is enough, or where a purpose is closed', () => {
    expect(state({ passwordHash: 'h' }, { purposes: [[[['password']]]] })).toMatchObject({ complete: true });
    expect(state({ passwordHash: 'h' }, { purposes: [[]] })).toMatchObject({ complete: true });
  });

  it('asks staff for what both purposes need', () => {
    const purposes = [LOGIN, [[['password'], ['otp'], ['pin']]]] as const;
    expect(state({ passwordHash: 'h' }, { purposes }, [face]).required).toEqual(['password', 'face', 'otp', 'pin']);
  });
});

describe('setupRules', () => {
  const policy: Policy = {
    base: { attend: [[['pin']]], login: LOGIN, door: [], admin: [[['password'], ['otp']]] },
    rules: [
      { when: { days: ['sun'] }, purposes: { login: [] } },
      { when: { roles: ['manager'] }, purposes: { login: [[['password'], ['pin']]] } },
    ],
  };
  const rules = (weekday: 'mon' | 'sun') =>
    setupRules({
      policy,
      face: 'offered',
      poseSignature: 'off',
      hasCodes: (id) => id === 'p_1',
      local: () => ({ weekday, minute: 600 }),
    });

  it('follows the policy for the person and his role', () => {
    expect(rules('mon')(ada, undefined)).toEqual({
      face: 'offered',
      poseNeedsSetup: false,
      hasCodes: true,
      purposes: [LOGIN],
    });
    expect(rules('mon')(ada, { ...noCredentials('p_1'), role: 'manager' }).purposes).toEqual([
      [[['password'], ['pin']]],
      [[['password'], ['otp']]],
    ]);
  });

  it('asks on a closed day for what is asked on other days', () => {
    expect(rules('sun')(ada, undefined).purposes).toEqual([LOGIN]);
  });
});
