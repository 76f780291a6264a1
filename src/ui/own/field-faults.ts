import type { SecretFault } from '../../domain/password-rules.js';
import type { Strings } from '../strings/table.js';

/** What stands beside a name of the person must have at least so many characters. */
const REST_LEAST = 6;
/** No keyboard types these the same way twice. */
const UNTYPABLE = /[\p{Cc}\p{Cs}\p{Cn}\p{Co}\p{Zl}\p{Zp}]/u;

/** Every character follows the one before by the same step: aaaa, 1234, 9876, abcd. */
function isRun(text: string): boolean {
  const codes = [...text].map((one) => one.codePointAt(0)!);
  return (
    codes.length > 2 && [0, 1, -1].some((step) => codes.every((code, i) => i === 0 || code - codes[i - 1]! === step))
  );
}

const isRepeated = (text: string) => /^(.{1,3})\1+$/su.test(text);

/** Lengths of passwords or PINs. */
interface Lengths {
  readonly least: number;
  readonly longest: number;
}

/** Counted as the daemon does. */
export function passwordLength(raw: string): number {
  return [...raw.normalize('NFKC')].length;
}

/**
 * What the daemon would say of this new password, as far as a page can know. Undefined while it is too short, which a
 * note says, and when there is nothing to say. The daemon decides, and knows the common passwords.
 * @param names of the person, as they were typed
 */
export function passwordFault(
  raw: string,
  { least, longest }: Lengths,
  names: readonly string[] = [],
): SecretFault['code'] | undefined {
  if (raw.length > longest) return 'password_long';
  const plain = raw.normalize('NFKC').toLowerCase();
  if (UNTYPABLE.test(plain)) return 'password_untypable';
  if (passwordLength(raw) < least) return undefined;
  if (isRun(plain) || isRepeated(plain)) return 'password_pattern';
  const words = names.map((name) => name.normalize('NFKC').toLowerCase()).filter((name) => [...name].length > 2);
  const rest = words
    .sort((one, other) => other.length - one.length)
    .reduce((left, one) => left.replaceAll(one, ''), plain);
  return rest !== plain && [...rest].length < REST_LEAST ? 'password_name' : undefined;
}

/** Long enough, and nothing is wrong with it as far as a page can know. */
export function mayBePassword(raw: string, lengths: Lengths, names: readonly string[] = []): boolean {
  return passwordLength(raw) >= lengths.least && passwordFault(raw, lengths, names) === undefined;
}

/** The same for a PIN. */
export function pinFault(pin: string, { least }: Lengths): SecretFault['code'] | undefined {
  return pin.length >= least && (isRun(pin) || isRepeated(pin)) ? 'pin_pattern' : undefined;
}

/** Why the daemon would refuse this user name; undefined while there is nothing to say. */
export function userNameFault(raw: string, s: Strings): string | undefined {
  const name = raw.normalize('NFKC').trim();
  if (name === '') return undefined;
  if ([...name].length < 2) return s.account.register.userNameShort;
  const isPlain = /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}._@+'-]| (?! ))*$/u.test(name);
  const alphabets = [/\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u];
  return isPlain && alphabets.filter((one) => one.test(name)).length < 2 ? undefined : s.account.register.userNameWrong;
}

/** What no telephone number or address contains, told before it is complete. */
export function contactFault(kind: 'phone' | 'email', raw: string, s: Strings): string | undefined {
  const text = raw.trim();
  const isFine =
    kind === 'phone'
      ? /^\+?[\d\s()/.-]*$/.test(text)
      : /^[^\s\p{Cc}<>()[\]\\,;:"@]*@?[^\s\p{Cc}<>()[\]\\,;:"@]*$/u.test(text);
  return isFine ? undefined : s.account[kind === 'phone' ? 'phoneWrong' : 'emailWrong'];
}

/** Whether it may be one as it stands. */
export function isContact(kind: 'phone' | 'email', raw: string, s: Strings): boolean {
  const text = raw.trim();
  if (contactFault(kind, text, s) !== undefined) return false;
  return kind === 'phone' ? text.replace(/\D/g, '').length >= 6 : /^.+@.+$/.test(text);
}
