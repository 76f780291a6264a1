import { VestibuleError } from '../../src/domain/errors.js';
import { passwordFaults } from '../../src/domain/password-rules.js';
import type { Role } from '../../src/domain/role.js';
import type { SetupState } from '../../src/http/contract-login.js';
import type { Factors } from '../../src/http/contract-people.js';

/** One person of the fake login terminal with every factor in the clear. */
export interface FakePerson {
  readonly id: string;
  name: string;
  externalId?: string;
  userName: string;
  role: Role;
  active: boolean;
  password: string;
  pin?: string;
  /** The code that passes as a one-time code. */
  code: string;
  badges: { id: string; label: string; addedAt: string; badge: string }[];
  totp: boolean;
  phone?: { destination: string; confirmed: boolean };
  email?: { destination: string; confirmed: boolean };
  recoveryCodesLeft: number;
  face: boolean;
  pose: boolean;
  complete: boolean;
}

/** An ordinary person with password, PIN, badge, authenticator and face. */
export function anna(): FakePerson {
  return {
    id: 'p_000000000001',
    name: 'Anna-Maria Brandström',
    externalId: '1007',
    userName: 'anna',
    role: 'person',
    active: true,
    password: 'blue-lamp-over-water',
    pin: '480217',
    code: '314159',
    badges: [{ id: 'b_1', label: 'Blue card', addedAt: '2026-11-02T08:00:00.000+01:00', badge: '04A2B3C4' }],
    totp: true,
    phone: { destination: '+49 ••• •••• 321', confirmed: true },
    recoveryCodesLeft: 10,
    face: true,
    pose: false,
    complete: true,
  };
}

/** An administrator without a face. */
export function ben(): FakePerson {
  return {
    ...anna(),
    id: 'p_000000000002',
    name: 'Ben Okafor',
    externalId: '1001',
    userName: 'ben',
    role: 'admin',
    password: 'seven-quiet-bridges',
    pin: '905533',
    badges: [],
    face: false,
  };
}

export function factorsOf(person: FakePerson): Factors {
  return {
    password: person.password !== '',
    pin: person.pin !== undefined,
    badges: person.badges.map(({ id, label, addedAt }) => ({ id, label, addedAt })),
    totp: person.totp,
    ...(person.phone !== undefined && { phone: person.phone }),
    ...(person.email !== undefined && { email: person.email }),
    recoveryCodesLeft: person.recoveryCodesLeft,
    face: person.face,
    pose: person.pose,
  };
}

export function setupOf(person: FakePerson): SetupState {
  return {
    complete: person.complete,
    required: ['password', 'otp'],
    done: [
      ...(person.password === '' ? [] : (['password'] as const)),
      ...(person.totp ? (['otp'] as const) : []),
      ...(person.pin === undefined ? [] : (['pin'] as const)),
      ...(person.face ? (['face'] as const) : []),
    ],
  };
}

/** The rules of the kiosk with one common password. Throws as it does. */
export function checkPassword(plain: string, least: number): void {
  const faults = passwordFaults(plain, { least, context: [], isCommon: (folded) => folded === 'letmeinplease' });
  if (faults.length === 0) return;
  throw new VestibuleError('password_refused', faults.map(({ sentence }) => sentence).join(' '), {
    context: { reasons: faults.map(({ code }) => code).join(',') },
  });
}
