import type { Corrections } from './attendance/corrections.js';
import type { Ledger } from './attendance/ledger.js';
import { ownTimes } from './attendance/own-times.js';
import { rulesOf } from './attendance/rules.js';
import type { OneTimeCodes } from './auth/factors/otp.js';
import { hashRecoveryCode, makeRecoveryCodes } from './auth/factors/recovery-codes.js';
import type { TakenSteps } from './auth/taken-steps.js';
import { tooManyWrong } from './auth/too-many-wrong.js';
import type { Config } from './config/schema.js';
import { VestibuleError } from './domain/errors.js';
import type { FactorKind, FactorResult } from './domain/factor.js';
import { isDay, localDay } from './domain/local-day.js';
import type { Person } from './domain/person.js';
import type { SetupState } from './http/contract-login.js';
import type { OwnDesk } from './http/parts-login.js';
import { OwnContacts } from './kiosk-own-contacts.js';
import { OwnPose } from './kiosk-own-pose.js';
import { OwnTotp } from './kiosk-own-totp.js';
import { correctionRow, factorsView } from './kiosk-people-view.js';
import { checkPageText } from './people/consent.js';
import type { Credentials } from './people/credentials.js';
import type { Enrolments } from './people/enrolment.js';
import { withdrawFace } from './people/enrolment-store.js';
import type { Invitations } from './people/invitations.js';
import type { Passwords } from './people/passwords.js';
import type { People } from './people/people.js';
import type { PoseEnrolments } from './people/pose-enrolment.js';
import type { Templates } from './people/templates.js';
import type { Clock } from './ports/clock.js';
import type { Random } from './ports/random.js';

type Judgement = { readonly kind: 'open' | 'locked' } | { readonly kind: 'wait'; readonly ms: number };

/** Rooms behind a person's own page. */
export interface OwnRooms {
  readonly people: People;
  readonly credentials: Credentials;
  readonly templates: Templates;
  readonly invitations: Pick<Invitations, 'revokeFor'>;
  readonly enrolments: Enrolments;
  readonly poses: PoseEnrolments;
  /** The policy asks for body motion, and it is compared. */
  readonly poseOffered: boolean;
  readonly passwords: Passwords;
  readonly codes: OneTimeCodes;
  readonly steps: Pick<TakenSteps, 'renew'>;
  readonly ledger: Ledger;
  readonly corrections: Corrections;
  /** The factor that attempts use. */
  readonly password: { verify(personId: string | undefined, plain: string): Promise<FactorResult> };
  readonly regulation: {
    check(
      subject: string,
      factor: FactorKind,
      verify: () => Promise<FactorResult>,
    ): Promise<{ readonly result?: FactorResult; readonly judgement: Judgement }>;
  };
  readonly sessions: { endAllOf(personId: string, exceptId?: string): void };
  setupOf(personId: string): SetupState;
  readonly clock: Clock;
  readonly random: Random;
  readonly config: Pick<Config, 'attendance' | 'zone' | 'site' | 'otp' | 'registration'>;
}

/** A person's own page: times, corrections, password, PIN and every other factor of one's own. */
export class KioskOwn implements OwnDesk {
  readonly #rooms: OwnRooms;
  readonly #contacts: OwnContacts;
  readonly #totp: OwnTotp;
  readonly #pose: OwnPose;

  constructor(rooms: OwnRooms) {
    this.#rooms = rooms;
    this.#contacts = new OwnContacts(rooms);
    this.#totp = new OwnTotp({ ...rooms, issuer: rooms.config.site.name });
    this.#pose = new OwnPose(rooms);
  }

  /** Forgets everything that was begun. */
  stop(): void {
    this.#totp.stop();
    this.#rooms.poses.stop();
  }

  profile: OwnDesk['profile'] = async (personId) => {
    const { id, name } = this.#person(personId);
    const { credentials, templates, codes } = this.#rooms;
    const own = credentials.of(personId);
    return {
      person: { id, name },
      ...(own?.userName !== undefined && { userName: own.userName }),
      role: own?.role ?? 'person',
      factors: factorsView(own, templates.of(personId)),
      otp: codes.choices(personId, true).map((choice) => ({ ...choice })),
      setup: this.#rooms.setupOf(personId),
      poseOffered: this.#rooms.poseOffered,
    };
  };

  times: OwnDesk['times'] = async (personId, range, day) => {
    const { ledger, clock, config } = this.#rooms;
    const asked = day ?? localDay(clock.now(), config.zone);
    if (!isDay(asked)) throw invalid('There is no such day in the calendar. Write it as YYYY-MM-DD.');
    const now = { wallMs: clock.now(), clock: clock.state() };
    return ownTimes(ledger, this.#person(personId).id, { range, day: asked }, rulesOf(config), now);
  };

  changePassword: OwnDesk['changePassword'] = async (session, current, next) => {
    const { personId, sessionId } = session;
    this.#person(personId);
    if (current !== undefined) await this.#proveCurrent(personId, current);
    else if (!session.fresh) throw new VestibuleError('factors_missing', 'The present password is missing.');
    await this.#rooms.passwords.set(personId, next);
    this.#rooms.sessions.endAllOf(personId, sessionId);
    // A reset code that somebody else may have found is worth nothing any more.
    if (this.#rooms.credentials.of(personId)?.registration === 'complete')
      await this.#rooms.invitations.revokeFor(personId);
  };

  changePin: OwnDesk['changePin'] = async ({ personId }, pin) => {
    this.#person(personId);
    await this.#rooms.passwords.setPin(personId, pin);
  };

  removePin: OwnDesk['removePin'] = async (personId) => {
    await this.#rooms.credentials.change(personId, ({ pinHash: _pinHash, ...own }) => own);
  };

  beginTotp: OwnDesk['beginTotp'] = async (personId) => {
    const { name } = this.#person(personId);
    return this.#totp.begin(personId, this.#rooms.credentials.of(personId)?.userName ?? name);
  };

  confirmTotp: OwnDesk['confirmTotp'] = (personId, code) => this.#totp.confirm(personId, code);

  removeTotp: OwnDesk['removeTotp'] = (personId) => this.#totp.remove(personId);

  beginContact: OwnDesk['beginContact'] = async (personId, kind, destination) =>
    this.#contacts.begin(this.#person(personId).id, kind, destination);

  confirmContact: OwnDesk['confirmContact'] = (personId, kind, code) => this.#contacts.confirm(personId, kind, code);

  removeContact: OwnDesk['removeContact'] = (personId, kind) => this.#contacts.remove(personId, kind);

  newRecoveryCodes: OwnDesk['newRecoveryCodes'] = async (personId) => {
    this.#person(personId);
    const codes = makeRecoveryCodes(this.#rooms.random);
    const recovery = codes.map((code) => ({ hash: hashRecoveryCode(personId, code) }));
    await this.#rooms.credentials.change(personId, (own) => ({ ...own, recovery }));
    return codes;
  };

  addBadge: OwnDesk['addBadge'] = async (personId, badge, label) => {
    await this.#rooms.credentials.addBadge(this.#person(personId).id, badge, label);
  };

  removeBadge: OwnDesk['removeBadge'] = (personId, badgeId) =>
    this.#rooms.credentials.removeBadge(this.#person(personId).id, badgeId);

  beginFace: OwnDesk['beginFace'] = async (personId, { textVersion, language }) => {
    this.#person(personId);
    if (this.#rooms.config.registration.face === 'off')
      throw new VestibuleError('not_permitted', 'Faces are switched off at this kiosk.');
    checkPageText(textVersion);
    return this.#rooms.enrolments.beginFor(personId, { textVersion, language, recordedBy: 'person' });
  };

  addFacePhoto: OwnDesk['addFacePhoto'] = async (personId, id, picture) => {
    this.#mustBeOwnFace(personId, id);
    const verdict = await this.#rooms.enrolments.addPhoto(id, picture);
    const { count, needed } = verdict;
    if (verdict.accepted) return { accepted: true, count, needed };
    return { accepted: false, reason: verdict.reason, detail: verdict.detail, count, needed };
  };

  commitFace: OwnDesk['commitFace'] = async (personId, id) => {
    this.#mustBeOwnFace(personId, id);
    const { person, similar } = await this.#rooms.enrolments.commit(id, { duplicates: 'refuse' });
    return {
      person: { id: person.id, name: person.name },
      warnings: similar.length > 0 ? ['similar_person'] : [],
    };
  };

  cancelFace: OwnDesk['cancelFace'] = async (personId, id) => {
    if (this.#rooms.enrolments.personOf(id) === personId) this.#rooms.enrolments.cancel(id);
  };

  removeFace: OwnDesk['removeFace'] = async (personId) => {
    // Whatever is begun would bring the consent back.
    await this.#rooms.poses.cancelOf(personId);
    await withdrawFace(personId, this.#rooms);
  };

  beginPose: OwnDesk['beginPose'] = async (personId, consent) => this.#pose.begin(this.#person(personId).id, consent);

  poseSetup: OwnDesk['poseSetup'] = async (personId, id) => this.#pose.view(personId, id);

  takePose: OwnDesk['takePose'] = async (personId, id) => this.#pose.take(personId, id);

  cancelPose: OwnDesk['cancelPose'] = async (personId, id) => this.#pose.cancel(personId, id);

  removePose: OwnDesk['removePose'] = (personId) => this.#pose.remove(this.#person(personId).id);

  corrections: OwnDesk['corrections'] = async (personId) =>
    this.#rooms.corrections.of(personId).map((one) => correctionRow(one, (id) => this.#rooms.people.nameOf(id)));

  requestCorrection: OwnDesk['requestCorrection'] = async (personId, request) => {
    const record = await this.#rooms.corrections.request(this.#person(personId).id, request);
    return correctionRow(record, (id) => this.#rooms.people.nameOf(id));
  };

  /** Guessing the present password in somebody's open session is slowed down like at a login. */
  async #proveCurrent(personId: string, current: string): Promise<void> {
    const { regulation, password } = this.#rooms;
    const { result, judgement } = await regulation.check(personId, 'password', () =>
      password.verify(personId, current),
    );
    if (result?.outcome === 'passed') return;
    if (result !== undefined)
      throw new VestibuleError('password_refused', 'The present password is not right.', {
        context: { reasons: 'password_not_right' },
      });
    throw tooManyWrong('passwords', judgement);
  }

  #mustBeOwnFace(personId: string, id: string): void {
    if (this.#rooms.enrolments.personOf(id) !== personId) throw invalid('This set-up is over. Begin again.');
  }

  #person(personId: string): Person {
    const person = this.#rooms.people.find(personId);
    if (person === undefined) throw new VestibuleError('person_unknown', `There is no person with the id ${personId}.`);
    return person;
  }
}

function invalid(message: string): VestibuleError {
  return new VestibuleError('input_invalid', message);
}
