import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { isMailAddress } from './adapters/code-destination.js';
import { contactKey, type OneTimeCodes } from './auth/factors/otp.js';
import { inCountries } from './auth/factors/otp-destination.js';
import type { Regulation } from './auth/regulation.js';
import { tooManyWrong } from './auth/too-many-wrong.js';
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

/**
 * A person's telephone number and mail address: in force only once a code that went there came back. A former confirmed
 * one stays in force beside the wanted one until then, over a restart too.
 */
export class OwnContacts {
  readonly #rooms: ContactRooms;

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
    const contact = kind === 'phone' ? phoneNumber(given, config.otp.countries) : mail(given);
    const key = contactKey(personId, kind);
    const isResent = codes.state(key, true) !== undefined && credentials.of(personId)?.wanted?.[kind] === contact;
    if (!isResent) {
      codes.forget(key);
      await credentials.change(personId, (own) => ({ ...own, wanted: { ...own.wanted, [kind]: contact } }));
    }
    const sent = await codes.send(key, personId, channel, true);
    if (sent.kind === 'refused') {
      // The code that was sent before stays good when somebody only asked again too early.
      if (!isResent) {
        codes.forget(key);
        await credentials.change(personId, (own) => withoutWanted(own, kind));
      }
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
    const asked = credentials.of(personId)?.wanted?.[kind];
    let isExpired = false;
    const { result, judgement } = await regulation.check(personId, 'otp', async () => {
      const verdict = await codes.check(key, personId, code);
      isExpired = verdict.message === 'code_expired';
      return verdict.result;
    });
    if (result === undefined) throw tooManyWrong('codes', judgement);
    if (result.outcome === 'unavailable')
      throw new VestibuleError('messenger_failed', 'The code could not be checked. Try again in a minute.');
    if (result.outcome !== 'passed')
      throw invalid(
        isExpired
          ? 'This code is no longer valid. Ask for a new one.'
          : 'The code is not right. Look again and type it once more.',
      );
    const confirmedAt = new Date(clock.now()).toISOString();
    await credentials.change(personId, (own) => {
      // The code proves the number that it went to, not one that was typed in the meantime.
      if (own.wanted?.[kind] !== asked) throw invalid('Another one was typed in the meantime. Confirm that one.');
      return confirmed(own, kind, confirmedAt);
    });
    codes.forget(key);
  }

  async remove(personId: string, kind: Kind): Promise<void> {
    this.#rooms.codes.forget(contactKey(personId, kind));
    await this.#rooms.credentials.change(personId, (own) => without(withoutWanted(own, kind), kind));
  }
}

/** The wanted number or address takes the place of the former one. */
function confirmed(own: PersonCredentials, kind: Kind, confirmedAt: string): PersonCredentials {
  const phone = own.wanted?.phone ?? own.phone?.number;
  const email = own.wanted?.email ?? own.email?.address;
  return {
    ...withoutWanted(own, kind),
    ...(kind === 'phone' && phone !== undefined && { phone: { number: phone, confirmedAt } }),
    ...(kind === 'email' && email !== undefined && { email: { address: email, confirmedAt } }),
  };
}

function withoutWanted({ wanted, ...own }: PersonCredentials, kind: Kind): PersonCredentials {
  const { [kind]: _dropped, ...kept } = wanted ?? {};
  return Object.keys(kept).length === 0 ? own : { ...own, wanted: kept };
}

function without(own: PersonCredentials, kind: Kind): PersonCredentials {
  const { [kind]: _dropped, ...kept } = own;
  return kept;
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
