import { performance } from 'node:perf_hooks';
import { VestibuleError } from '../../src/domain/errors.js';
import type { InvitationView, RegistrationRules } from '../../src/http/contract-login.js';
import type { AdminPerson, CorrectionRow } from '../../src/http/contract-people.js';
import type { Caller } from '../../src/http/parts.js';
import type { LoginParts, PeopleDesk, RegistrationDesk } from '../../src/http/parts-login.js';
import { FakeAttempts } from './fake-attempts.js';
import { FakeOwn } from './fake-own.js';
import { anna, ben, checkPassword, type FakePerson, factorsOf, setupOf } from './fake-people.js';
import { FakeSessions } from './fake-sessions.js';

/** The login terminal for tests of pages and routes: two people, real flow, everything in memory. */
export class FakeLogin implements LoginParts {
  people: FakePerson[] = [anna(), ben()];
  readonly sessions: FakeSessions;
  readonly attempts: FakeAttempts;
  readonly own: FakeOwn;
  rules: RegistrationRules = {
    open: true,
    face: 'offered',
    consentTextVersion: '2026-11-21',
    codes: ['totp', 'phone', 'email', 'recovery'],
    password: { least: 8, leastAlone: 15, longest: 1024 },
    pin: { least: 6, longest: 12 },
  };
  /** Invitation codes that work, with what they are for. */
  readonly invitations = new Map<string, InvitationView>([
    [
      'WELCOME-1',
      { kind: 'register', name: 'Carla Nunes', role: 'person', expiresAt: '2026-11-24T09:00:00.000+01:00' },
    ],
  ]);
  /** Locks that the staff pages show, by person id. */
  readonly locks = new Map<string, AdminPerson['locks']>();
  /** What the staff pages asked for, oldest first. */
  readonly staff: { readonly what: string; readonly id: string; readonly by: string | undefined }[] = [];

  /** @param now monotonic ms; real time unless a test says otherwise */
  constructor(now: () => number = () => performance.now()) {
    const people = () => this.people;
    this.sessions = new FakeSessions(now);
    this.attempts = new FakeAttempts({ people, sessions: this.sessions, now });
    this.own = new FakeOwn(people);
  }

  readonly registration: RegistrationDesk = {
    rules: () => this.rules,
    invitation: async (code) => this.#invitation(code),
    register: async (request, caller) => {
      this.#open(request.invitation, caller);
      const invited = request.invitation === undefined ? undefined : this.#invitation(request.invitation);
      if (this.people.some(({ userName }) => userName === request.userName.toLowerCase()))
        throw new VestibuleError('user_name_taken', 'This user name is taken.');
      checkPassword(request.password, this.rules.password.least);
      const name = request.name ?? invited?.name;
      if (name === undefined) throw new VestibuleError('input_invalid', 'name: must be given');
      const person: FakePerson = {
        id: `p_${String(this.people.length + 1).padStart(12, '0')}`,
        name,
        userName: request.userName.toLowerCase(),
        role: invited?.role ?? 'person',
        active: true,
        password: request.password,
        code: '314159',
        badges: [],
        totp: false,
        recoveryCodesLeft: 0,
        face: false,
        pose: false,
        complete: false,
      };
      this.people.push(person);
      if (request.invitation !== undefined) this.invitations.delete(request.invitation);
      return { issued: this.sessions.issue(person, 'setup', { amr: ['pwd'] }), setup: setupOf(person) };
    },
    resume: async (request) => {
      const person =
        'invitation' in request
          ? this.people.find(({ complete }) => !complete)
          : this.people.find(
              (one) => one.userName === request.userName.toLowerCase() && one.password === request.password,
            );
      if (person === undefined) throw new VestibuleError('invitation_invalid', 'That is not right.');
      return { issued: this.sessions.issue(person, 'setup', { amr: ['pwd'] }), setup: setupOf(person) };
    },
  };

  readonly administration: PeopleDesk = {
    list: async () => this.people.map((person) => this.#row(person)),
    add: async (request, by) => {
      const id = `p_${String(this.people.length + 1).padStart(12, '0')}`;
      this.staff.push({ what: 'add', id, by });
      this.people.push({
        id,
        name: request.name,
        ...(request.externalId !== undefined && { externalId: request.externalId }),
        userName: request.userName ?? '',
        role: request.role,
        active: true,
        password: '',
        code: '',
        badges: [],
        totp: false,
        recoveryCodesLeft: 0,
        face: false,
        pose: false,
        complete: false,
      });
      return { id, invitation: { code: 'H4KP-22WX-91ZD', expiresAt: '2026-11-24T09:00:00.000+01:00' } };
    },
    change: async (id, change, by) => {
      const person = this.#person('change', id, by);
      if (change.name !== undefined) person.name = change.name;
      if (change.role !== undefined) person.role = change.role;
      if (change.active !== undefined) person.active = change.active;
      if (change.externalId === null) delete person.externalId;
      else if (change.externalId !== undefined) person.externalId = change.externalId;
    },
    invite: async (id, kind, by) => {
      this.#person(`invite ${kind}`, id, by);
      return { code: 'R3ST-77QA-15MM', expiresAt: '2026-11-24T09:00:00.000+01:00' };
    },
    unlock: async (id, by) => {
      this.#person('unlock', id, by);
      this.locks.delete(id);
    },
    remove: async (id) => {
      this.staff.push({ what: 'remove', id, by: undefined });
      const left = this.people.filter((person) => person.id !== id);
      const removed = left.length < this.people.length;
      this.people = left;
      this.sessions.endAllOf(id);
      return removed;
    },
    addBadge: async (id, badge, label) => this.own.addBadge(id, badge, label),
    removeBadge: async (id, badgeId) => this.own.removeBadge(id, badgeId),
    corrections: async () => this.own.rows,
    judgeCorrection: async (id, verdict, by) => {
      this.staff.push({ what: verdict.verdict, id, by });
      const at = this.own.rows.findIndex((row) => row.id === id);
      const row = this.own.rows[at];
      if (row === undefined) throw new VestibuleError('input_invalid', 'There is no such request.');
      const judge = this.people.find((person) => person.id === by);
      const judged: CorrectionRow = {
        ...row,
        state: verdict.verdict === 'approve' ? 'approved' : 'rejected',
        ...(verdict.note !== undefined && { note: verdict.note }),
        ...(judge !== undefined && { decidedBy: { id: judge.id, name: judge.name } }),
      };
      this.own.rows[at] = judged;
      return judged;
    },
  };

  #person(what: string, id: string, by: string | undefined): FakePerson {
    this.staff.push({ what, id, by });
    const person = this.people.find((one) => one.id === id);
    if (person === undefined) throw new VestibuleError('person_unknown', 'There is nobody of this id.');
    return person;
  }

  #invitation(code: string): InvitationView {
    const view = this.invitations.get(code);
    if (view === undefined) throw new VestibuleError('invitation_invalid', 'The code is wrong, used or expired.');
    return view;
  }

  #open(invitation: string | undefined, caller: Caller): void {
    if (invitation === undefined && !(this.rules.open && caller.from !== 'lan'))
      throw new VestibuleError('registration_closed', 'Registration is not open.');
  }

  #row(person: FakePerson): AdminPerson {
    return {
      id: person.id,
      name: person.name,
      ...(person.externalId !== undefined && { externalId: person.externalId }),
      createdAt: '2026-10-01T08:00:00.000+02:00',
      active: person.active,
      ...(person.userName !== '' && { userName: person.userName }),
      role: person.role,
      factors: factorsOf(person),
      setup: setupOf(person),
      locks: this.locks.get(person.id) ?? [],
      sessions: this.sessions.countOf(person.id),
    };
  }
}
