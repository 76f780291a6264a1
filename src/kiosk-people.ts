import type { Corrections } from './attendance/corrections.js';
import { Turns } from './auth/turns.js';
import { VestibuleError } from './domain/errors.js';
import type { FactorKind } from './domain/factor.js';
import { ROLES, type Role } from './domain/role.js';
import type { SetupState } from './http/contract-login.js';
import type { AdminPerson } from './http/contract-people.js';
import type { PeopleDesk } from './http/parts-login.js';
import { correctionRow, factorsView } from './kiosk-people-view.js';
import type { Credentials } from './people/credentials.js';
import { removePerson } from './people/erasure.js';
import type { Invitations } from './people/invitations.js';
import { cleanExternalId, type People } from './people/people.js';
import type { Templates } from './people/templates.js';

/** Rooms that the administration of people works with. */
export interface PeopleRooms {
  readonly people: People;
  readonly credentials: Credentials;
  readonly templates: Templates;
  readonly invitations: Invitations;
  readonly corrections: Corrections;
  readonly regulation: {
    locksOf(subject: string): readonly { factor: FactorKind; failures: number; waitMs: number; locked: boolean }[];
    unlock(subject: string): Promise<void>;
    forget(subject: string): Promise<void>;
  };
  readonly codeBudget?: { forget(personId: string): Promise<void> };
  readonly takenSteps?: { forget(personId: string): Promise<void> };
  readonly sessions: { countOf(personId: string): number; endAllOf(personId: string): void };
  /** What the person's registration has and still wants. */
  setupOf(personId: string): SetupState;
  /** How long an invitation or reset code is valid. */
  readonly invitationHours: number;
  /** Whether a rule of the policy holds for this person id or number of the employer. */
  policyNames(idOrNumber: string): boolean;
}

const rank = (role: Role): number => ROLES.indexOf(role);

/**
 * Administration of people. Beyond the route table: staff below administrator act on people of a lesser role only (a
 * reset code opens the account it is for) and give or take no number that the policy names, nobody changes his own role,
 * and the last active administrator stays.
 */
export class KioskPeople implements PeopleDesk {
  readonly #rooms: PeopleRooms;
  /** One change after the other: two administrators must not lower each other at the same moment. */
  readonly #turns = new Turns();

  constructor(rooms: PeopleRooms) {
    this.#rooms = rooms;
  }

  list: PeopleDesk['list'] = async () => this.#rooms.people.list().map((person) => this.#row(person.id));

  add: PeopleDesk['add'] = (given, by) =>
    this.#inTurn(async () => {
      this.#mustBeAdmin(by);
      const { people, credentials } = this.#rooms;
      const { name, externalId, userName, role } = given;
      const person = await people.add({ name, externalId });
      try {
        await credentials.change(person.id, (own) => ({ ...own, role, ...(userName !== undefined && { userName }) }));
        return { id: person.id, invitation: await this.#issue('register', person.id, role) };
      } catch (thrown) {
        // A taken user name or a full disk: nobody stays behind half added.
        await this.#erase(person.id).catch(() => undefined);
        throw thrown;
      }
    });

  change: PeopleDesk['change'] = (id, change, by) =>
    this.#inTurn(async () => {
      const { people, credentials, invitations, sessions } = this.#rooms;
      const person = this.#known(id);
      const former = this.#roleOf(id);
      this.#mustOutrank(id, by);
      const role = change.role ?? former;
      const active = change.active ?? person.active;
      if (change.externalId !== undefined) this.#mustKeepNamed(person.externalId, change.externalId ?? undefined, by);
      const turns = role !== former || active !== person.active;
      if (turns) {
        this.#mustBeAdmin(by);
        if (by === id)
          throw refused('Nobody changes his own role or closes his own account. Ask another administrator.');
        if (role !== 'admin' || !active) this.#mustLeaveAdmin(id);
      }
      // Name and number first: they may be refused, and then nothing has changed.
      await people.update(id, {
        ...(change.name !== undefined && { name: change.name }),
        ...(change.externalId !== undefined && { externalId: change.externalId }),
        ...(change.active !== undefined && { active: change.active }),
      });
      if (role !== former) await credentials.change(id, (own) => ({ ...own, role }));
      if (!turns) return;
      // Sessions and codes carry the former role.
      sessions.endAllOf(id);
      await invitations.revokeFor(id);
    });

  invite: PeopleDesk['invite'] = (id, kind, by) =>
    this.#inTurn(async () => {
      const person = this.#known(id);
      this.#mustOutrank(id, by);
      if (kind === 'register') this.#mustBeAdmin(by);
      if (!person.active) throw invalid('This person is not active. Make the person active first.');
      const registered = this.#rooms.credentials.of(id)?.registration === 'complete';
      if (kind === 'register' && registered)
        throw invalid('This person is registered already. Give a reset code instead.');
      return this.#issue(kind, id, this.#roleOf(id));
    });

  unlock: PeopleDesk['unlock'] = async (id, by) => {
    this.#known(id);
    this.#mustOutrank(id, by);
    await this.#rooms.regulation.unlock(id);
  };

  remove: PeopleDesk['remove'] = (id) =>
    this.#inTurn(async () => {
      if (this.#rooms.people.find(id) === undefined) return false;
      this.#mustLeaveAdmin(id);
      await this.#erase(id);
      return true;
    });

  addBadge: PeopleDesk['addBadge'] = async (id, badge, label) => {
    this.#known(id);
    await this.#rooms.credentials.addBadge(id, badge, label);
  };

  removeBadge: PeopleDesk['removeBadge'] = async (id, badgeId) => {
    this.#known(id);
    return this.#rooms.credentials.removeBadge(id, badgeId);
  };

  corrections: PeopleDesk['corrections'] = async () => {
    const { corrections, people } = this.#rooms;
    return corrections.list().map((one) => correctionRow(one, (id) => people.nameOf(id)));
  };

  judgeCorrection: PeopleDesk['judgeCorrection'] = async (id, { verdict, note }, by) => {
    const { corrections, people } = this.#rooms;
    const judged = await corrections[verdict](id, by, note);
    return correctionRow(judged, (one) => people.nameOf(one));
  };

  #row(id: string): AdminPerson {
    const { people, credentials, templates, regulation, sessions } = this.#rooms;
    const { name, externalId, createdAt, active } = people.find(id)!;
    const own = credentials.of(id);
    return {
      id,
      name,
      ...(externalId !== undefined && { externalId }),
      createdAt,
      active,
      ...(own?.userName !== undefined && { userName: own.userName }),
      role: this.#roleOf(id),
      factors: factorsView(own, templates.of(id)),
      setup: this.#rooms.setupOf(id),
      locks: regulation
        .locksOf(id)
        .map(({ factor, failures, waitMs, locked }) => ({ factor, failures, waitMs, locked })),
      sessions: sessions.countOf(id),
    };
  }

  async #erase(id: string): Promise<void> {
    this.#rooms.sessions.endAllOf(id);
    await removePerson(id, this.#rooms);
    // Whoever came in while the rooms were cleared.
    this.#rooms.sessions.endAllOf(id);
  }

  #issue(kind: 'register' | 'reset', personId: string, role: Role) {
    const { invitations, invitationHours: hours } = this.#rooms;
    return invitations.issue({ kind, personId, role, hours });
  }

  #known(id: string) {
    const person = this.#rooms.people.find(id);
    // The id is not repeated: anything may stand in the address that was asked for.
    if (person === undefined) throw new VestibuleError('person_unknown', 'There is nobody of this id.');
    return person;
  }

  #roleOf(id: string): Role {
    return this.#rooms.credentials.of(id)?.role ?? 'person';
  }

  /** Role of who acts; the admin code stands for an administrator. */
  #actor(by: string | undefined): Role {
    return by === undefined ? 'admin' : this.#roleOf(by);
  }

  #mustBeAdmin(by: string | undefined): void {
    if (this.#actor(by) !== 'admin') throw refused('Only an administrator may do that.');
  }

  #mustOutrank(id: string, by: string | undefined): void {
    const actor = this.#actor(by);
    if (actor !== 'admin' && rank(actor) <= rank(this.#roleOf(id)))
      throw refused('This person has your role or a higher one. Ask an administrator.');
  }

  /** A number that the policy names carries rights. */
  #mustKeepNamed(former: string | undefined, given: string | undefined, by: string | undefined): void {
    const next = cleanExternalId(given);
    if (next === former || this.#actor(by) === 'admin') return;
    if ([former, next].some((number) => number !== undefined && this.#rooms.policyNames(number)))
      throw refused('The rules of this kiosk name this number. Ask an administrator to give or take it.');
  }

  /** Somebody who can administer the kiosk has to remain. */
  #mustLeaveAdmin(id: string): void {
    const { people, credentials } = this.#rooms;
    const able = credentials
      .all()
      .filter(
        ({ role, passwordHash, personId }) =>
          role === 'admin' && passwordHash !== undefined && people.find(personId)?.active,
      )
      .map(({ personId }) => personId);
    if (able.length === 1 && able[0] === id)
      throw refused('This is the last administrator. Make somebody else an administrator first.');
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.#turns.run('', work);
  }
}

function refused(message: string): VestibuleError {
  return new VestibuleError('not_permitted', message);
}

function invalid(message: string): VestibuleError {
  return new VestibuleError('input_invalid', message);
}
