import { VestibuleError } from '../../src/domain/errors.js';
import type { CorrectionRow, OwnTimes, PoseSetup } from '../../src/http/contract-people.js';
import type { OwnDesk } from '../../src/http/parts-login.js';
import { checkPassword, type FakePerson, factorsOf, setupOf } from './fake-people.js';

/** A week with two days of work. */
export function someTimes(): OwnTimes {
  const punch = (id: string, type: string, at: string) => ({ id, type, at, corrected: false });
  return {
    from: '2026-11-16',
    to: '2026-11-22',
    workedMs: 15.5 * 3_600_000,
    present: true,
    days: [
      {
        day: '2026-11-19',
        workedMs: 8 * 3_600_000,
        punches: [
          punch('01a00000-0000-7000-8000-000000000001', 'check_in', '2026-11-19T08:01:00.000+01:00'),
          punch('01a00000-0000-7000-8000-000000000002', 'check_out', '2026-11-19T16:01:00.000+01:00'),
        ],
      },
      {
        day: '2026-11-20',
        workedMs: 7.5 * 3_600_000,
        punches: [
          punch('01a00000-0000-7000-8000-000000000003', 'check_in', '2026-11-20T08:15:00.000+01:00'),
          {
            ...punch('01a00000-0000-7000-8000-000000000004', 'check_out', '2026-11-20T15:45:00.000+01:00'),
            corrected: true,
          },
        ],
      },
    ],
  };
}

/** A person's own page over the fake people. Keeps what it was asked, oldest first. */
export class FakeOwn implements OwnDesk {
  readonly asked: { readonly what: string; readonly personId: string }[] = [];
  timesOf: (range: 'week' | 'month', day?: string) => OwnTimes = someTimes;
  /** The code that confirms a contact or an authenticator. */
  confirmCode = '246810';
  rows: CorrectionRow[] = [];
  /** Whether body motion can be set up. */
  poseOffered = true;
  /** What the set-up of body motion says beside its counts; without `refused` the next take counts. */
  poseSays: Pick<PoseSetup, 'hint' | 'refused'> = {};
  readonly #people: () => readonly FakePerson[];

  constructor(people: () => readonly FakePerson[]) {
    this.#people = people;
  }

  profile: OwnDesk['profile'] = async (personId) => {
    const person = this.#person('profile', personId);
    return {
      person: { id: person.id, name: person.name },
      userName: person.userName,
      role: person.role,
      factors: factorsOf(person),
      otp: person.totp ? [{ id: 'totp', channel: 'totp' }] : [],
      setup: setupOf(person),
      poseOffered: this.poseOffered,
    };
  };

  times: OwnDesk['times'] = async (personId, range, day) => {
    this.#person('times', personId);
    return this.timesOf(range, day);
  };

  changePassword: OwnDesk['changePassword'] = async (session, current, next) => {
    const person = this.#person('changePassword', session.personId);
    if (!session.fresh && current !== person.password)
      throw new VestibuleError('password_refused', 'The current password is not right.', {
        context: { reasons: 'password_not_right' },
      });
    checkPassword(next, 8);
    person.password = next;
  };

  changePin: OwnDesk['changePin'] = async (session, pin) => {
    this.#person('changePin', session.personId).pin = pin;
  };

  removePin: OwnDesk['removePin'] = async (personId) => {
    delete this.#person('removePin', personId).pin;
  };

  beginTotp: OwnDesk['beginTotp'] = async (personId) => {
    this.#person('beginTotp', personId);
    const secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
    return { secret, uri: `otpauth://totp/Alder%20Mill:anna?secret=${secret}&issuer=Alder%20Mill` };
  };

  confirmTotp: OwnDesk['confirmTotp'] = async (personId, code) => {
    const person = this.#person('confirmTotp', personId);
    this.#confirm(code);
    person.totp = true;
    person.complete = true;
  };

  removeTotp: OwnDesk['removeTotp'] = async (personId) => {
    this.#person('removeTotp', personId).totp = false;
  };

  beginContact: OwnDesk['beginContact'] = async (personId, kind, destination) => {
    const person = this.#person(`beginContact ${kind}`, personId);
    const masked = `${destination.slice(0, 3)} •••• ${destination.slice(-2)}`;
    person[kind] = { destination: masked, confirmed: false };
    return { destination: masked, expiresInMs: 300_000 };
  };

  confirmContact: OwnDesk['confirmContact'] = async (personId, kind, code) => {
    const person = this.#person(`confirmContact ${kind}`, personId);
    this.#confirm(code);
    const contact = person[kind];
    if (contact !== undefined) person[kind] = { ...contact, confirmed: true };
  };

  removeContact: OwnDesk['removeContact'] = async (personId, kind) => {
    delete this.#person(`removeContact ${kind}`, personId)[kind];
  };

  newRecoveryCodes: OwnDesk['newRecoveryCodes'] = async (personId) => {
    this.#person('newRecoveryCodes', personId).recoveryCodesLeft = 10;
    return Array.from({ length: 10 }, (_, n) => `K7QD-${n}MXA-93TR`);
  };

  addBadge: OwnDesk['addBadge'] = async (personId, badge, label) => {
    const { badges } = this.#person('addBadge', personId);
    badges.push({ id: `b_${badges.length + 1}`, label, badge, addedAt: '2026-11-21T09:00:00.000+01:00' });
  };

  removeBadge: OwnDesk['removeBadge'] = async (personId, badgeId) => {
    const person = this.#person('removeBadge', personId);
    const left = person.badges.filter(({ id }) => id !== badgeId);
    const removed = left.length < person.badges.length;
    person.badges = left;
    return removed;
  };

  #photos = 0;

  beginFace: OwnDesk['beginFace'] = async (personId) => {
    this.#person('beginFace', personId);
    this.#photos = 0;
    return { id: 'f1', needed: 3 };
  };

  addFacePhoto: OwnDesk['addFacePhoto'] = async (personId, id) => {
    this.#person('addFacePhoto', personId);
    this.#knownFace(id);
    this.#photos += 1;
    return { accepted: true, count: this.#photos, needed: 3 };
  };

  commitFace: OwnDesk['commitFace'] = async (personId, id) => {
    const person = this.#person('commitFace', personId);
    this.#knownFace(id);
    person.face = true;
    return { person: { id: person.id, name: person.name }, warnings: [] };
  };

  cancelFace: OwnDesk['cancelFace'] = async (personId) => {
    this.#person('cancelFace', personId);
  };

  removeFace: OwnDesk['removeFace'] = async (personId) => {
    const person = this.#person('removeFace', personId);
    person.face = false;
    person.pose = false;
  };

  #pose: PoseSetup | undefined;

  beginPose: OwnDesk['beginPose'] = async (personId) => {
    this.#person('beginPose', personId);
    this.#pose = { id: 'o1', phase: 'ready', taken: 0, needed: 5, remainingMs: 0 };
    return this.#pose;
  };

  /** A take is over when it is asked for the next time. */
  poseSetup: OwnDesk['poseSetup'] = async (personId, id) => {
    const person = this.#person('poseSetup', personId);
    const { phase, taken, needed } = this.#knownPose(id);
    const { hint, refused } = this.poseSays;
    const over = phase === 'taking';
    const now = over && refused === undefined ? taken + 1 : taken;
    if (now === needed) person.pose = true;
    this.#pose = {
      id,
      phase: now === needed ? 'done' : 'ready',
      taken: now,
      needed,
      ...(hint !== undefined && { hint }),
      ...(over && refused !== undefined && { refused }),
      remainingMs: 0,
    };
    return this.#pose;
  };

  takePose: OwnDesk['takePose'] = async (personId, id) => {
    this.#person('takePose', personId);
    const { taken, needed } = this.#knownPose(id);
    this.#pose = { id, phase: 'taking', taken, needed, remainingMs: 5000 };
    return this.#pose;
  };

  cancelPose: OwnDesk['cancelPose'] = async (personId) => {
    this.#person('cancelPose', personId);
    this.#pose = undefined;
  };

  removePose: OwnDesk['removePose'] = async (personId) => {
    this.#person('removePose', personId).pose = false;
  };

  corrections: OwnDesk['corrections'] = async (personId) => {
    this.#person('corrections', personId);
    return this.rows.filter((row) => row.person?.id === personId);
  };

  requestCorrection: OwnDesk['requestCorrection'] = async (personId, request) => {
    const { id, name } = this.#person('requestCorrection', personId);
    const row: CorrectionRow = {
      ...request,
      id: `c${this.rows.length + 1}`,
      person: { id, name },
      requestedAt: '2026-11-21T09:00:00.000+01:00',
      state: 'open',
    };
    this.rows.push(row);
    return row;
  };

  #person(what: string, personId: string): FakePerson {
    this.asked.push({ what, personId });
    const person = this.#people().find(({ id }) => id === personId);
    if (person === undefined) throw new VestibuleError('person_unknown', 'There is nobody of this id.');
    return person;
  }

  #confirm(code: string): void {
    if (code !== this.confirmCode) throw new VestibuleError('input_invalid', 'The code is not right. Type it again.');
  }

  #knownPose(id: string): PoseSetup {
    if (this.#pose?.id !== id) throw new VestibuleError('input_invalid', 'This set-up is over. Begin again.');
    return this.#pose;
  }

  #knownFace(id: string): void {
    if (id !== 'f1') throw new VestibuleError('input_invalid', 'The enrolment is not known or has expired.');
  }
}
