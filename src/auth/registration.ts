import { VestibuleError } from '../domain/errors.js';
import { localTimestamp } from '../domain/local-day.js';
import type { Person } from '../domain/person.js';
import { checkName } from '../domain/person-name.js';
import { hasAdministrator } from '../people/first-admin.js';
import type { Invitation } from '../people/invitations.js';
import { checkUserName } from '../people/user-name.js';
import type {
  InvitationView,
  RegistrationCaller,
  RegistrationParts,
  RegistrationRequest,
  RegistrationRules,
  ResumeRequest,
} from './registration-parts.js';
import { RegistrationThrottle } from './registration-throttle.js';
import { type SetupState, setupOf } from './setup-state.js';
import { tooManyWrong } from './too-many-wrong.js';
import { begunNow } from './unfinished-registrations.js';

/** Most digits of a PIN (the pad shows no more). */
const PIN_MAX = 12;

interface Registered<Issued> {
  readonly issued: Issued;
  readonly setup: SetupState;
}

/**
 * Registering with user name and password, by oneself or by invitation, taking an unfinished registration up again, and
 * setting a new password with a reset code. Each ends in a session that can do nothing but finish the set-up.
 */
export class Registration<Issued> {
  readonly #parts: RegistrationParts<Issued>;
  readonly #throttle: RegistrationThrottle;
  #ends: (() => void)[] = [];

  constructor(parts: RegistrationParts<Issued>) {
    this.#parts = parts;
    this.#throttle = new RegistrationThrottle(parts.clock);
  }

  /** From now on a registration whose required parts are there is noted as complete. */
  start(): void {
    const { people, credentials, templates } = this.#parts;
    const settleAll = (): void => {
      for (const one of credentials.all()) this.#settle(one.personId);
    };
    this.#ends = [
      credentials.onChanged((personId) => this.#settle(personId)),
      credentials.onChanged(() => this.#voidSetUp()),
      templates.onChanged(settleAll),
      people.onChanged(settleAll),
    ];
    settleAll();
  }

  stop(): void {
    for (const end of this.#ends) end();
    this.#ends = [];
  }

  rules(): RegistrationRules {
    const { config, passwords, consentTextVersion, codes } = this.#parts;
    return {
      open: config.registration.open,
      face: config.registration.face,
      consentTextVersion,
      codes: codes.ways(),
      password: passwords.rules(),
      pin: { least: config.passwords.pinLength, longest: PIN_MAX },
    };
  }

  /** How far the set-up of a person is. @throws VestibuleError `person_unknown` */
  setupOf(personId: string): SetupState {
    return this.#setup(this.#person(personId));
  }

  /**
   * Whether a login may be granted: not while a registration is open and something required is missing. What is taken
   * away after a complete registration (the face, by withdrawing consent) shuts nobody out.
   */
  mayLogin(personId: string): boolean {
    const person = this.#parts.people.find(personId);
    const own = this.#parts.credentials.of(personId);
    if (person === undefined || own === undefined) return false;
    return own.registration !== 'open' || this.#setup(person).complete;
  }

  /** What an invitation is for. @throws VestibuleError `invitation_invalid`, `busy` (too many wrong codes) */
  async invitation(code: string, caller: RegistrationCaller): Promise<InvitationView> {
    const { people, credentials, config } = this.#parts;
    const { kind, personId, name, role, expiresAt } = this.#invited(code, caller);
    const person = personId === undefined ? undefined : people.find(personId);
    const own = personId === undefined ? undefined : credentials.of(personId);
    const shownName = person?.name ?? name;
    return {
      kind,
      role: own?.role ?? role,
      expiresAt: localTimestamp(Date.parse(expiresAt), config.zone),
      ...(shownName !== undefined && { name: shownName }),
      ...(own?.userName !== undefined && { userName: own.userName }),
    };
  }

  /**
   * Registers, or sets a new password by a reset code; durable when it resolves. Of two at once with one user name or one
   * invitation exactly one succeeds, and the other leaves nothing behind.
   * @throws VestibuleError `registration_closed`, `invitation_invalid`, `user_name_taken`, `password_refused`,
   *   `input_invalid` (name, user name), `busy`, `storage_*`
   */
  async register(request: RegistrationRequest, caller: RegistrationCaller): Promise<Registered<Issued>> {
    const { people, credentials, passwords, invitations, sessions, regulation, clock } = this.#parts;
    this.#throttle.check(caller.from);
    const code = request.invitation;
    const invitation = code === undefined ? undefined : this.#invited(code, caller);
    if (invitation === undefined) this.#mustBeOpen(caller);
    this.#throttle.take(caller.from);
    const known = invitation?.personId === undefined ? undefined : people.find(invitation.personId);
    const userName = this.#userName(request.userName, invitation);
    const name = known?.name ?? cleanName(request.name ?? invitation?.name);
    const former = known && credentials.of(known.id);
    const passwordHash = await passwords.hashNew(request.password, { names: [userName, name], former });
    const personId = known?.id ?? people.newId();
    const used = code === undefined ? undefined : await invitations.use(code, personId);
    if (code !== undefined && used === undefined) throw invalid();
    try {
      if (known === undefined) await people.add({ name }, personId);
      else await credentials.renewUnreadable(personId);
      await credentials.change(personId, ({ begun: _begun, ...own }) => ({
        ...passwords.withPassword(own, passwordHash),
        ...(known === undefined && { begun: begunNow(clock) }),
        userName,
        // Somebody known keeps the role that he has by now: an old code gives back none that was taken away.
        role: credentials.of(personId)?.role ?? used?.role ?? 'person',
        registration: used?.kind === 'reset' && own.registration === 'complete' ? 'complete' : 'open',
      }));
    } catch (thrown) {
      if (known === undefined) await people.remove(personId).catch(() => undefined);
      if (used !== undefined) await invitations.giveBack(used).catch(() => undefined);
      throw thrown;
    }
    sessions.endAllOf(personId);
    await regulation.passed(personId, 'password');
    return this.#opened(this.#person(personId), caller);
  }

  /**
   * Takes an unfinished registration up again. A password counts like one at a login: same regulation, same time and
   * same answer for names that nobody has.
   * @throws VestibuleError `input_invalid` (not right, or nothing to take up), `invitation_invalid`, `busy` (wait)
   */
  async resume(request: ResumeRequest, caller: RegistrationCaller): Promise<Registered<Issued>> {
    const personId = 'invitation' in request ? this.#usedBy(request.invitation, caller) : await this.#proved(request);
    const { people, credentials } = this.#parts;
    const person = people.find(personId);
    if (person === undefined || !person.active) throw notRight();
    if (credentials.of(personId)?.registration !== 'open')
      throw new VestibuleError('input_invalid', 'This registration is complete. Sign in instead.');
    return this.#opened(person, caller);
  }

  async #opened(person: Person, caller: RegistrationCaller): Promise<Registered<Issued>> {
    const { credentials, sessions } = this.#parts;
    // Shut out while the password was hashed.
    if (!person.active) throw invalid();
    const issued = await sessions.open({
      personId: person.id,
      role: credentials.of(person.id)?.role ?? 'person',
      purpose: 'setup',
      amr: ['pwd'],
      place: caller.from === 'loopback' ? 'kiosk' : 'remote',
      name: person.name,
    });
    return { issued, setup: this.#setup(person) };
  }

  /** Person of a password that passed; anything else is thrown. */
  async #proved(request: { readonly userName: string; readonly password: string }): Promise<string> {
    const { credentials, regulation, password, strangerOf } = this.#parts;
    const personId = credentials.withUserName(request.userName);
    const subject = personId ?? strangerOf(request.userName);
    const { result, judgement } = await regulation.check(subject, 'password', () =>
      password.verify(personId, request.password),
    );
    if (personId !== undefined && result?.outcome === 'passed') return personId;
    if (result !== undefined) throw notRight();
    throw tooManyWrong('passwords', judgement);
  }

  #usedBy(code: string, caller: RegistrationCaller): string {
    this.#throttle.check(caller.from);
    const personId = this.#parts.invitations.usedBy(code);
    if (personId !== undefined) return personId;
    this.#throttle.take(caller.from);
    throw invalid();
  }

  /** An invitation that can be used now. Codes are good from every place: an administrator handed them out. */
  #invited(code: string, caller: RegistrationCaller): Invitation {
    this.#throttle.check(caller.from);
    const invitation = this.#parts.invitations.look(code);
    const { personId } = invitation ?? {};
    if (invitation !== undefined && (personId === undefined || this.#parts.people.find(personId)?.active === true))
      return invitation;
    this.#throttle.take(caller.from);
    throw invalid();
  }

  #mustBeOpen(caller: RegistrationCaller): void {
    const { open, remote } = this.#parts.config.registration;
    if (!open) throw new VestibuleError('registration_closed', 'Registering is possible with an invitation only.');
    if (caller.from !== 'loopback' && !remote)
      throw new VestibuleError(
        'registration_closed',
        'Without an invitation, registering is possible at the kiosk only.',
      );
  }

  /** The user name in its clean form. A reset keeps the name that the person has. */
  #userName(raw: string, invitation: Invitation | undefined): string {
    const { credentials } = this.#parts;
    const checked = checkUserName(raw);
    if (!checked.ok) throw new VestibuleError('input_invalid', checked.detail);
    const owner = credentials.withUserName(raw);
    if (owner !== undefined && owner !== invitation?.personId)
      throw new VestibuleError('user_name_taken', 'This user name is taken.');
    const own = invitation?.personId === undefined ? undefined : credentials.of(invitation.personId);
    if (invitation?.kind === 'reset' && own?.userName !== undefined && owner !== invitation.personId)
      throw new VestibuleError(
        'input_invalid',
        'The code is for another user name. Type the name that it was given for.',
      );
    return checked.userName;
  }

  #setup(person: Person): SetupState {
    const { credentials, templates, rulesFor } = this.#parts;
    const own = credentials.of(person.id);
    return setupOf(person, own, templates, rulesFor(person, own));
  }

  #settle(personId: string): void {
    const { people, credentials, onFault } = this.#parts;
    const person = people.find(personId);
    if (person === undefined || credentials.of(personId)?.registration !== 'open') return;
    if (!this.#setup(person).complete) return;
    credentials
      .change(personId, (own) => {
        if (own.registration !== 'open') return own;
        const { begun: _begun, ...rest } = own;
        return { ...rest, registration: 'complete' };
      })
      .catch(onFault);
  }

  /** Once there is an administrator, the code that was printed for the first one is a way in for somebody else only. */
  #voidSetUp(): void {
    const { people, credentials, invitations, onFault } = this.#parts;
    if (hasAdministrator(people, credentials)) invitations.revokeSetUp().catch(onFault);
  }

  #person(personId: string): Person {
    const person = this.#parts.people.find(personId);
    if (person === undefined) throw new VestibuleError('person_unknown', `There is no person with the id ${personId}.`);
    return person;
  }
}

function cleanName(raw: string | undefined): string {
  if (raw === undefined) throw new VestibuleError('input_invalid', 'Give the name that is to be shown.');
  const checked = checkName(raw);
  if (!checked.ok) throw new VestibuleError('input_invalid', checked.detail);
  return checked.name;
}

function invalid(): VestibuleError {
  return new VestibuleError('invitation_invalid', 'This code is not valid.');
}

/** One sentence for a wrong password and for a name that nobody has. */
function notRight(): VestibuleError {
  return new VestibuleError('input_invalid', 'User name or password is not right.');
}
