import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import type { ChannelFacts } from './otp-channels.js';

/** The part of a person's credentials that says where a code may go. Numbers in E.164. */
export interface Contacts {
  readonly phone?: { readonly number: string; readonly confirmedAt?: string };
  readonly email?: { readonly address: string; readonly confirmedAt?: string };
  /** What is to replace a confirmed one. */
  readonly wanted?: { readonly phone?: string; readonly email?: string };
}

/** Destination of the demo's code on the screen. */
const SCREEN = 'screen';
const MASK = '•••';

/**
 * Where a code goes: the confirmed number or address of the record and nothing else.
 * @param unconfirmed for a code that confirms: the one that is wanted, else the one of the record
 */
export function destinationOf(
  contacts: Contacts | undefined,
  facts: ChannelFacts,
  countries: readonly string[],
  unconfirmed: boolean,
): string | undefined {
  if (contacts === undefined || facts.to === 'own') return undefined;
  if (facts.to === 'screen') return SCREEN;
  if (facts.to === 'email') {
    const { email, wanted } = contacts;
    if (unconfirmed && wanted?.email !== undefined) return wanted.email;
    return email !== undefined && (unconfirmed || email.confirmedAt !== undefined) ? email.address : undefined;
  }
  const { phone, wanted } = contacts;
  const usable = unconfirmed || phone?.confirmedAt !== undefined ? phone?.number : undefined;
  const number = unconfirmed ? (wanted?.phone ?? usable) : usable;
  return number !== undefined && inCountries(number, countries) ? number : undefined;
}

/**
 * Whether messages may go to a number in E.164. `+49` allows the country code 49; more digits than the country code
 * allow the numbers that begin so (`+1876`); fewer allow nothing.
 */
export function inCountries(number: string, countries: readonly string[]): boolean {
  const parsed = parsePhoneNumberFromString(number);
  if (parsed === undefined || !parsed.isPossible() || parsed.number !== number) return false;
  const code = `+${parsed.countryCallingCode}`;
  return countries.some((country) => country.length >= code.length && number.startsWith(country));
}

/** The last two digits of a number; the dots do not tell its length. */
export function maskedPhone(number: string): string {
  return `${MASK} ${MASK} ${number.slice(-2)}`;
}

/** First letter of the mailbox and of the domain, and the last part of the domain: `j•••@e•••.org`. */
export function maskedEmail(address: string): string {
  const at = address.lastIndexOf('@');
  const [mailbox, domain] = [address.slice(0, Math.max(0, at)), address.slice(at + 1)];
  const end = domain.includes('.') ? domain.slice(domain.lastIndexOf('.')) : '';
  const first = (text: string): string => [...text][0] ?? '';
  return `${first(mailbox)}${MASK}@${first(domain)}${MASK}${end}`;
}

/** A destination as the page may show it; undefined where there is nothing to show. */
export function masked(destination: string, facts: ChannelFacts): string | undefined {
  if (facts.to === 'phone') return maskedPhone(destination);
  return facts.to === 'email' ? maskedEmail(destination) : undefined;
}
