import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { isMailAddress } from './adapters/code-destination.js';
import { contactKey, type OneTimeCodes } from './auth/factors/otp.js';
import { inCountries } from './auth/factors/otp-destination.js';
import type { Regulation } from './auth/regulation.js';
import { VestibuleError } from './domain/errors.js';
import type { ContactBegun } from './http/contract-people.js';
import type { Credentials, PersonCredentials } from './people/credentials.js';
import type { Clock } from './ports/clock.js';

type Kind = 'phone' | 'email';

export interface ContactRooms {
  readonly credentials: Credentials;
  readonly codes: OneTimeCodes;
  readonly regulation: Pick<Regulation, 'check'>;
  readonly clock: Clock;
  readonly config: { readonly otp: { readonly countries: readonly string[]; readonly lifeSeconds: number } };
}

/** Forms in which a person's number or address is stored. */
type Contacts = Pick<PersonCredentials, Kind>;

/**
 * A person's telephone number and mail address: in force only once a code that went there came back. Until then a
 * former confirmed one is kept, and put back when the new one is not confirmed in time.
 */
export class OwnContacts {
  readonly #rooms: ContactRooms;
  /** Confirmed ones that a new one is about to replace, by key of the code. */
  readonly #former = new Map<string, { readonly contacts: Contacts; readonly cancel: () => void }>();

  constructor(rooms: ContactRooms) {
    this.#rooms = rooms;
  }

  /**
   * Sends a code to a new number or address.
   * @throws VestibuleError `input_invalid` (no number or address, country not allowed, no such channel), `busy` (asked too
   *   often), `messenger_failed`, `storage_*`
   */
  async begin(personId: string, kind: Kind, given: string): Promise<ContactBegun> {
    const { credentials, codes, config } = this.#rooms;
    const channel = codes.channelTo(kind);
    if (channel === undefined)
      throw invalid(`This kiosk sends no codes to ${kind === 'phone' ? 'telephones' : 'mail addresses'}.`);
    const contact: Contacts =
      kind === 'phone'
        ? { phone: { number: phoneNumber(given, config.otp.countries) } }
        : { email: { address: mail(given) } };
    const key = contactKey(personId, kind);
    const isResent = codes.state(key, true) !== undefined && isPending(credentials.of(personId), contact);
    if (!isResent) {
      codes.forget(key);
      this.#keepFormer(key, personId, kind);
      await credentials.change(personId, (own) => ({ ...own, ...contact }));
    }
    const sent = await codes.send(key, personId, channel, true);
    if (sent.kind === 'refused') {
      // The code that was sent before stays good when somebody only asked again too early.
      if (!isResent) await this.#putBack(key, personId, kind);
      throw notSent(sent);
    }
    const state = codes.state(key, true);
    return { destination: state?.destination ?? '', expiresInMs: Math.max(0, Math.round(state?.expiresInMs ?? 0)) };
  }

  /**
   * Wrong codes count like those of a login: what is guessed here is not guessed there.
   * @throws VestibuleError `input_invalid` (wrong or expired code, nothing to confirm), `busy` (wait), `not_permitted`
   *   (locked), `messenger_failed`, `storage_*`
   */
  async confirm(personId: string, kind: Kind, code: string): Promise<void> {
    const { credentials, codes, clock, regulation } = this.#rooms;
    const key = contactKey(personId, kind);
    let isExpired = false;
    const { result, judgement } = await regulation.check(personId, 'otp', async () => {
      const verdict = await codes.check(key, personId, code);
      isExpired = verdict.message === 'code_expired';
      return verdict.result;
    });
    if (result === undefined && judgement.kind === 'wait')
      throw new VestibuleError('busy', `Too many wrong codes. Wait ${Math.ceil(judgement.ms / 1000)} s.`);
    if (result === undefined)
      throw new VestibuleError('not_permitted', 'Too many wrong codes. An administrator can unlock this.');
    if (result.outcome === 'unavailable')
      throw new VestibuleError('messenger_failed', 'The code could not be checked. Try again in a minute.');
    if (result.outcome !== 'passed')
      throw invalid(
        isExpired
          ? 'This code is no longer valid. Ask for a new one.'
          : 'The code is not right. Look again and type it once more.',
      );
    this.#drop(key);
    const confirmedAt = new Date(clock.now()).toISOString();
    await credentials.change(personId, (own) => ({
      ...own,
      ...(kind === 'phone' && own.phone !== undefined && { phone: { ...own.phone, confirmedAt } }),
      ...(kind === 'email' && own.email !== undefined && { email: { ...own.email, confirmedAt } }),
    }));
    codes.forget(key);
  }

  async remove(personId: string, kind: Kind): Promise<void> {
    const key = contactKey(personId, kind);
    this.#rooms.codes.forget(key);
    this.#drop(key);
    await this.#rooms.credentials.change(personId, (own) => without(own, kind));
  }

  /** Forgets what was kept; unconfirmed numbers stay unconfirmed. */
  stop(): void {
    for (const key of [...this.#former.keys()]) this.#drop(key);
  }

  #keepFormer(key: string, personId: string, kind: Kind): void {
    const own = this.#rooms.credentials.of(personId);
    const kept = this.#former.get(key)?.contacts ?? (own?.[kind]?.confirmedAt === undefined ? undefined : own);
    this.#drop(key);
    if (kept === undefined) return;
    const contacts: Contacts = {
      ...(kind === 'phone' && kept.phone !== undefined && { phone: kept.phone }),
      ...(kind === 'email' && kept.email !== undefined && { email: kept.email }),
    };
    // A resent code lives anew; twice its life is enough for everybody.
    const waitMs = this.#rooms.config.otp.lifeSeconds * 2000;
    const cancel = this.#rooms.clock.after(waitMs, () => {
      // On a full disk the new one stays unconfirmed: no code goes to it.
      this.#putBack(key, personId, kind).catch(() => undefined);
    });
    this.#former.set(key, { contacts, cancel });
  }

  async #putBack(key: string, personId: string, kind: Kind): Promise<void> {
    const former = this.#former.get(key)?.contacts;
    this.#drop(key);
    this.#rooms.codes.forget(key);
    // Somebody who was removed meanwhile is not brought back.
    if (this.#rooms.credentials.of(personId) === undefined) return;
    await this.#rooms.credentials.change(personId, (own) =>
      own[kind]?.confirmedAt === undefined ? { ...without(own, kind), ...former } : own,
    );
  }

  #drop(key: string): void {
    this.#former.get(key)?.cancel();
    this.#former.delete(key);
  }
}

/** Whether this very number or address waits to be confirmed. */
function isPending(own: PersonCredentials | undefined, contact: Contacts): boolean {
  if (contact.phone !== undefined)
    return own?.phone?.number === contact.phone.number && own.phone.confirmedAt === undefined;
  return own?.email?.address === contact.email?.address && own?.email?.confirmedAt === undefined;
}

function without(own: PersonCredentials, kind: Kind): PersonCredentials {
  const { phone, email, ...rest } = own;
  return {
    ...rest,
    ...(kind !== 'phone' && phone !== undefined && { phone }),
    ...(kind !== 'email' && email !== undefined && { email }),
  };
}

/** The number in E.164. One without a country code is taken for one of the only country that is allowed. */
function phoneNumber(given: string, countries: readonly string[]): string {
  if (countries.length === 0)
    throw invalid('No country is allowed for messages. Ask an administrator (otp.countries).');
  const only = countries.length === 1 ? countries[0]!.slice(1) : undefined;
  const text = given.trim().replace(/^00/, '+');
  const parsed = parsePhoneNumberFromString(text, only === undefined ? {} : { defaultCallingCode: only });
  if (parsed === undefined || !parsed.isPossible())
    throw invalid('This is no telephone number. Write it with its country code, for example +49 151 23456789.');
  if (!inCountries(parsed.number, countries))
    throw invalid(`Messages go to numbers that begin with ${countries.join(', ')} only. Use such a number.`);
  return parsed.number;
}

function mail(given: string): string {
  const address = given.trim();
  if (!isMailAddress(address)) throw invalid('This is no mail address. Write it like name@example.org.');
  return address;
}

function notSent(refusal: { readonly message: string; readonly waitMs?: number }): VestibuleError {
  const seconds = Math.ceil((refusal.waitMs ?? 0) / 1000);
  if (refusal.message === 'code_too_soon')
    return new VestibuleError('busy', `A code went out just now. Wait ${seconds} s and ask again.`);
  if (refusal.message === 'code_limit')
    return new VestibuleError('busy', 'Too many codes were asked for. Wait ten minutes and ask again.');
  return new VestibuleError(
    'messenger_failed',
    'The code could not be sent. Check the number or address, or try again later.',
  );
}

function invalid(message: string): VestibuleError {
  return new VestibuleError('input_invalid', message);
}
