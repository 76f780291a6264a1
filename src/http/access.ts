import type { Role } from '../domain/role.js';
import type { SessionPurpose } from './contract-login.js';
import type { Caller } from './parts.js';

/** Which session a rule asks for. */
export interface SessionNeed {
  readonly purposes: readonly SessionPurpose[];
  readonly roles: readonly Role[];
  /** Sessions of these purposes must be fresh: two factors within the last five minutes. */
  readonly fresh: readonly SessionPurpose[];
  /** The admin code, on the kiosk itself, stands for an administrator's session. */
  readonly orAdminCode: boolean;
}

export interface Access {
  readonly from: readonly Caller['from'][];
  /** Requests that another site caused are refused, changes of state must carry the exact Origin (http/origin.ts). */
  readonly sameOrigin: boolean;
  readonly session?: SessionNeed;
  /** Only while somebody may be enrolled by this caller. */
  readonly enrolmentOpen?: true;
  /** For docs/openapi.json. */
  readonly who: string;
}

const KIOSK = ['loopback', 'origin'] as const;
const ANYWHERE = ['loopback', 'origin', 'lan'] as const;
const ROLES_FROM = {
  person: ['person', 'operator', 'manager', 'admin'],
  operator: ['operator', 'manager', 'admin'],
  manager: ['manager', 'admin'],
  admin: ['admin'],
} as const;

const own = (purposes: readonly SessionPurpose[], fresh: readonly SessionPurpose[]): SessionNeed => ({
  purposes,
  roles: ROLES_FROM.person,
  fresh,
  orAdminCode: false,
});
const staff = (least: Role): SessionNeed => ({
  purposes: ['admin'],
  roles: ROLES_FROM[least],
  fresh: [],
  orAdminCode: true,
});

/** The one table of who may use a route. Every rule demands a known Host. */
export const ACCESS = {
  public: { from: ANYWHERE, sameOrigin: false, who: 'Anybody who addresses the kiosk by a known name.' },
  screen: { from: KIOSK, sameOrigin: false, who: 'As public, but not through the listener for other browsers.' },
  local: {
    from: KIOSK,
    sameOrigin: true,
    who: 'The page of the kiosk only: loopback or a configured origin, never another site.',
  },
  loopback: { from: ['loopback'], sameOrigin: true, who: 'The page on the kiosk itself only.' },
  enrol: {
    from: ANYWHERE,
    sameOrigin: true,
    enrolmentOpen: true,
    who: "As page, and enrolment is open there or an administrator's session or the admin code is sent.",
  },
  page: {
    from: ANYWHERE,
    sameOrigin: true,
    who: 'A page of the kiosk, at its screen or by the listener for other browsers; never another site.',
  },
  self: {
    from: ANYWHERE,
    sameOrigin: true,
    session: own(['setup', 'login', 'admin'], []),
    who: 'Any session, also one that only finishes a registration.',
  },
  person: {
    from: ANYWHERE,
    sameOrigin: true,
    session: own(['login', 'admin'], []),
    who: 'A session of the purpose login or admin.',
  },
  first: {
    from: ANYWHERE,
    sameOrigin: true,
    session: own(['setup', 'login', 'admin'], ['login', 'admin']),
    who: 'As fresh; a session that finishes a registration may add what is not there yet.',
  },
  fresh: {
    from: ANYWHERE,
    sameOrigin: true,
    session: own(['login', 'admin'], ['login', 'admin']),
    who: 'A session of the purpose login or admin with two factors within the last five minutes.',
  },
  operator: {
    from: ANYWHERE,
    sameOrigin: true,
    session: staff('operator'),
    who: 'An admin session of an operator, manager or administrator; or the admin code on the kiosk itself.',
  },
  manager: {
    from: ANYWHERE,
    sameOrigin: true,
    session: staff('manager'),
    who: 'An admin session of a manager or administrator; or the admin code on the kiosk itself.',
  },
  admin: {
    from: ANYWHERE,
    sameOrigin: true,
    session: staff('admin'),
    who: 'An admin session of an administrator; or the admin code on the kiosk itself.',
  },
} as const satisfies Readonly<Record<string, Access>>;

/** Who may use a route: a row of `ACCESS`. */
export type Rule = keyof typeof ACCESS;

export function accessOf(rule: Rule): Access {
  return ACCESS[rule];
}
