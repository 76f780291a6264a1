import { Argon2Thread } from './adapters/argon2-thread.js';
import { Argon2PasswordHasher } from './adapters/password-argon2.js';
import { commonPasswords } from './adapters/password-block-list.js';
import { Corrections } from './attendance/corrections.js';
import { Attempts } from './auth/attempts.js';
import type { AttendFlow } from './auth/attend-flow.js';
import { BadgeCamera } from './auth/badge-camera.js';
import type { CameraStanding } from './auth/camera-standing.js';
import { CodeBudget } from './auth/code-budget.js';
import { BadgeFactor } from './auth/factors/badge.js';
import type { FaceFactor } from './auth/factors/face.js';
import { OneTimeCodes } from './auth/factors/otp.js';
import { PasswordFactor } from './auth/factors/password.js';
import { PinFactor } from './auth/factors/pin.js';
import { Registration } from './auth/registration.js';
import { Regulation } from './auth/regulation.js';
import { setupRules } from './auth/setup-rules.js';
import { unknownSubject } from './auth/subject.js';
import { TakenSteps } from './auth/taken-steps.js';
import { UnfinishedRegistrations } from './auth/unfinished-registrations.js';
import type { Config } from './config/schema.js';
import { type FaultCode, toError, VestibuleError } from './domain/errors.js';
import { localTimeOf } from './domain/local-time.js';
import type { Policy } from './domain/policy.js';
import { factorsInUse, passwordMayBeAlone } from './domain/policy.js';
import type { IssuedSession, LoginParts } from './http/parts-login.js';
import type { Lifecycle } from './kiosk-lifecycle.js';
import { composeLiveness } from './kiosk-liveness.js';
import { type MessengerSecrets, messengersOf } from './kiosk-messengers.js';
import { KioskOwn } from './kiosk-own.js';
import { KioskPeople } from './kiosk-people.js';
import type { Rooms } from './kiosk-rooms.js';
import type { Log } from './log/logger.js';
import { PAGE_CONSENT_TEXT_VERSION } from './people/consent.js';
import type { Enrolments } from './people/enrolment.js';
import { hasAdministrator, setUpCode } from './people/first-admin.js';
import { Passwords } from './people/passwords.js';
import { PoseEnrolments } from './people/pose-enrolment.js';
import type { Vision } from './ports/vision.js';
import type { SessionRequest } from './session/session.js';
import { Sessions } from './session/sessions.js';
import type { VisionSettings } from './vision/protocol.js';

/** The login terminal of a running kiosk. */
export interface Login {
  readonly parts: LoginParts;
  readonly attempts: Attempts<IssuedSession>;
  readonly sessions: Sessions;
  readonly regulation: Regulation;
  /** Whether anybody could open the administration. */
  hasAdministrator(): boolean;
  /** A new one-time code for the first administrator; a former one is void. */
  setUpCode(): Promise<string>;
}

export interface LoginOptions {
  readonly rooms: Rooms;
  readonly config: Config;
  readonly policy: Policy;
  readonly secrets: MessengerSecrets;
  readonly settings: VisionSettings;
  readonly vision: Vision;
  readonly flow: AttendFlow;
  readonly faces: FaceFactor;
  readonly enrolments: Enrolments;
  /** The demo camera runs. */
  readonly demo: boolean;
  /** Whether the camera that runs now counts for liveness. */
  readonly cameraStanding: () => CameraStanding;
  readonly lifecycle: Lifecycle;
  readonly onFault: (code: FaultCode, message: string) => void;
  readonly log: Log;
}

/** Builds the login terminal and starts its parts. Throws `config_invalid` when a configured channel cannot work. */
export async function composeLogin(options: LoginOptions): Promise<Login> {
  const { rooms, config, policy, vision, flow, demo, lifecycle, log } = options;
  const { clock, random, store, people, credentials, templates, invitations, ledger, decisions } = rooms;
  const fault = (thrown: unknown): void => {
    const error = toError(thrown);
    options.onFault(error instanceof VestibuleError ? error.code : 'storage_failed', error.message);
  };
  const messengers = messengersOf(config, options.secrets, { clock, demo });
  const hasher = new Argon2PasswordHasher({ random, config: config.passwords, argon2: new Argon2Thread() });
  const regulation = new Regulation({ store, clock, config: config.regulation, onFault: fault });
  const budget = new CodeBudget({ store, clock, config: config.otp, onFault: fault });
  const steps = new TakenSteps({ store });
  const corrections = new Corrections({
    store,
    ledger,
    clock,
    random,
    config,
    externalIdOf: (id) => people.find(id)?.externalId,
    onFault: (message) => options.onFault('storage_failed', message),
  });
  const codes = new OneTimeCodes({
    clock,
    random,
    credentials,
    steps,
    messengers,
    budget,
    config: config.otp,
    from: `${config.site.name}, ${config.kiosk.name}`,
    language: config.page.language,
    demo,
    onFault: fault,
  });
  const sessions = new Sessions({
    clock,
    random,
    config: config.session,
    issuer: `vestibule:${config.site.id}/${config.kiosk.id}`,
    cameraRunning: () => vision.status().camera === 'running',
  });
  /** What somebody has open ends together: sessions, and attempts in which something passed already. */
  const open = {
    open: (request: SessionRequest) => sessions.open(request),
    countOf: (personId: string) => sessions.countOf(personId),
    endAllOf: (personId: string, exceptId?: string): void => {
      attempts.endAllOf(personId);
      sessions.endAllOf(personId, exceptId);
    },
  };
  const verifiers = { credentials, hasher, clock, onFault: fault };
  const password = new PasswordFactor(verifiers);
  const passwords = new Passwords({
    hasher,
    credentials,
    people,
    isCommon: commonPasswords(),
    config,
    mayBeAlone: passwordMayBeAlone(policy),
  });
  const registration = new Registration<IssuedSession>({
    people,
    credentials,
    templates,
    invitations,
    passwords,
    password,
    regulation,
    strangerOf: (userName) => unknownSubject(rooms.subjectKey, 'name', userName),
    sessions: open,
    rulesFor: setupRules({
      policy,
      face: config.registration.face,
      poseSignature: config.liveness.poseSignature,
      hasCodes: (personId) => codes.choices(personId, true).some(({ channel }) => channel !== 'screen' || demo),
      local: () => localTimeOf(clock.now(), config.zone),
    }),
    clock,
    config,
    consentTextVersion: PAGE_CONSENT_TEXT_VERSION,
    codes,
    onFault: fault,
  });
  const attempts = new Attempts<IssuedSession>({
    clock,
    random,
    people,
    credentials,
    policy,
    regulation,
    passwords: password,
    pins: new PinFactor(verifiers),
    badges: new BadgeFactor({ credentials, clock }),
    codes,
    faces: options.faces,
    liveness: composeLiveness({ ...options, onFault: fault }),
    decisions,
    sessions,
    admit: (decision) => flow.admit(decision),
    mayLogin: (personId) => registration.mayLogin(personId),
    zone: config.zone,
    subjectKey: rooms.subjectKey,
    onFault: fault,
  });
  const setupOf = (personId: string) => registration.setupOf(personId);
  const own = new KioskOwn({
    people,
    credentials,
    templates,
    invitations,
    enrolments: options.enrolments,
    poses: new PoseEnrolments({ people, templates, clock, random, vision, onFault: fault }),
    poseOffered: config.liveness.poseSignature !== 'off' && factorsInUse(policy).includes('pose'),
    passwords,
    codes,
    steps,
    ledger,
    corrections,
    password,
    regulation,
    sessions: open,
    setupOf,
    clock,
    random,
    config,
  });
  const administration = new KioskPeople({
    people,
    credentials,
    templates,
    invitations,
    corrections,
    regulation,
    codeBudget: budget,
    takenSteps: steps,
    sessions: open,
    setupOf,
    invitationHours: config.registration.invitationHours,
    policyNames: (idOrNumber) => policy.rules.some(({ when }) => when.people?.includes(idOrNumber) === true),
  });
  const unfinished = new UnfinishedRegistrations({
    rooms: {
      people,
      credentials,
      templates,
      invitations,
      regulation,
      codeBudget: budget,
      takenSteps: steps,
      corrections,
    },
    clock,
    hours: config.registration.invitationHours,
    sessions,
    hasPunched: (personId) => ledger.knows(personId),
    onRemoved: (count) => log.info('Registrations that were never finished were removed', { count }),
    onFault: fault,
  });
  const started: readonly (readonly [string, { start(): void | Promise<void>; stop(): void | Promise<void> }])[] = [
    ['password hashing', { start: () => {}, stop: () => hasher.stop() }],
    ['regulation', regulation],
    ['code budget', budget],
    ['taken codes', steps],
    ['corrections', corrections],
    ['sessions', sessions],
    ['registration', registration],
    ['unfinished registrations', unfinished],
    ['own pages', { start: () => {}, stop: () => own.stop() }],
    ['attempts', { start: () => {}, stop: () => attempts.stop() }],
    ['badges by the camera', new BadgeCamera({ vision, attempts, policy, onFault: fault })],
  ];
  for (const [name, part] of started)
    await lifecycle.start(
      name,
      () => part.start(),
      () => part.stop(),
    );
  return {
    parts: { attempts, sessions, registration, own, administration },
    attempts,
    sessions,
    regulation,
    hasAdministrator: () => hasAdministrator(people, credentials),
    setUpCode: async () => (await setUpCode(invitations, config.registration.invitationHours)).code,
  };
}
