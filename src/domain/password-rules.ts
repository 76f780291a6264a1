/** Longest password as typed; nothing is cut off below it. */
export const PASSWORD_MAX = 1024;

/** What remains beside a name of the site, the kiosk or the person must have at least so many characters. */
const REST_LEAST = 6;
/** What stands before or after a common password and has no more characters adds nothing that is not tried. */
const DECORATION_MOST = 4;
/** Parts of names shorter than this are left alone: they occur in any text. */
const CONTEXT_LEAST = 3;

/** Control characters, unpaired surrogates, unassigned and private characters: no keyboard types them the same way twice. */
const UNTYPABLE = /[\p{Cc}\p{Cs}\p{Cn}\p{Co}\p{Zl}\p{Zp}]/u;

/** Whether a password in lower case is among the common ones. */
export type IsCommon = (folded: string) => boolean;

/**
 * The password as it is hashed: Unicode form NFKC (NIST SP 800-63B-4, 3.1.1.2), so that é typed as one or as two
 * characters, full-width digits and the various spaces are the same. Case stays, nothing is trimmed or cut.
 */
export function normalisePassword(raw: string): string {
  return raw.normalize('NFKC');
}

/** What can be wrong with a password or PIN; the pages have a sentence for each in every language. */
export const SECRET_FAULTS = [
  'password_short',
  'password_long',
  'password_untypable',
  'password_common',
  'password_pattern',
  'password_name',
  'password_repeated',
  'password_not_right',
  'pin_digits',
  'pin_short',
  'pin_long',
  'pin_pattern',
] as const;

/** One thing that is wrong, with a sentence that says what to do. */
export interface SecretFault {
  readonly code: (typeof SECRET_FAULTS)[number];
  readonly sentence: string;
}

/** Everything that is wrong with a new password; empty when it may be used. */
export function passwordFaults(
  raw: string,
  rules: {
    /** Characters (code points) after normalisation. */
    readonly least: number;
    /** Names of site, kiosk, user and person. */
    readonly context: readonly string[];
    readonly isCommon: IsCommon;
  },
): readonly SecretFault[] {
  const faults: SecretFault[] = [];
  const say = (code: SecretFault['code'], sentence: string): void => {
    faults.push({ code, sentence });
  };
  const plain = normalisePassword(raw);
  const length = [...plain].length;
  if (length < rules.least)
    say('password_short', `Use at least ${rules.least} characters; several words are easy to remember.`);
  if (raw.length > PASSWORD_MAX) say('password_long', `Use at most ${PASSWORD_MAX} characters.`);
  if (UNTYPABLE.test(plain))
    say(
      'password_untypable',
      'Leave out control characters such as tab and line end: not every keyboard can type them.',
    );
  if (faults.length > 0 && raw.length > PASSWORD_MAX) return faults;
  const folded = plain.toLowerCase();
  if (rules.isCommon(folded))
    say('password_common', 'This password is among the most common ones. Choose another one.');
  else if (isPattern(folded, rules.isCommon))
    say(
      'password_pattern',
      'This password repeats one pattern or counts on. Choose words that do not belong together.',
    );
  else if (isMostlyContext(folded, rules.context))
    say('password_name', 'This password is little more than a name of this place or of yours. Choose other words.');
  return faults;
}

/** Everything that is wrong with a new PIN. */
export function pinFaults(pin: string, least: number): readonly SecretFault[] {
  if (!/^\d+$/.test(pin)) return [{ code: 'pin_digits', sentence: 'Use digits only.' }];
  const faults: SecretFault[] = [];
  if (pin.length < least) faults.push({ code: 'pin_short', sentence: `Use at least ${least} digits.` });
  if (pin.length > 12) faults.push({ code: 'pin_long', sentence: 'Use at most 12 digits.' });
  if (isRun(pin) || /^(.{1,3})\1+$/.test(pin)) {
    const sentence = 'This PIN repeats or counts on. Choose digits without a pattern.';
    faults.push({ code: 'pin_pattern', sentence });
  }
  return faults;
}

function isPattern(folded: string, isCommon: IsCommon): boolean {
  if (isRun(folded)) return true;
  const unit = /^(.+?)\1+$/su.exec(folded)?.[1];
  if (unit !== undefined && ([...unit].length <= 3 || isCommon(unit) || isRun(unit))) return true;
  return isDecorated(folded, isCommon);
}

/** A common password with something easy before or after it: password123456789, 1dragon!, sunshine2026. */
function isDecorated(folded: string, isCommon: IsCommon): boolean {
  const [, before = '', core = '', after = ''] = /^(\P{L}*)(.*?)(\P{L}*)$/su.exec(folded) ?? [];
  if (core === '' || core === folded || !isCommon(core)) return false;
  const isEasy = (part: string): boolean => [...part].length <= DECORATION_MOST || isCommon(part) || isRun(part);
  return isEasy(before) && isEasy(after);
}

/** The same step from each character to the next: aaaa, 1234, 9876, abcd; 0 after 9 counts on. */
function isRun(text: string): boolean {
  const codes = [...text].map((character) => character.codePointAt(0)!);
  if (codes.length < 3) return false;
  return [0, 1, -1].some((step) =>
    codes.every((code, index) => {
      const before = codes[index - 1];
      if (before === undefined || code - before === step) return true;
      return (step === 1 && before === 0x39 && code === 0x30) || (step === -1 && before === 0x30 && code === 0x39);
    }),
  );
}

function isMostlyContext(folded: string, context: readonly string[]): boolean {
  const names = context.flatMap((name) => {
    const whole = normalisePassword(name).toLowerCase();
    return [whole, whole.replace(/[^\p{L}\p{N}]/gu, ''), ...whole.split(/[^\p{L}\p{N}]+/u)];
  });
  // The longest first, so that a part of a name does not tear the whole one apart.
  const words = [...new Set(names)]
    .filter((word) => [...word].length >= CONTEXT_LEAST)
    .sort((a, b) => b.length - a.length);
  const rest = words.reduce((left, word) => left.replaceAll(word, ''), folded);
  return rest !== folded && [...rest].length < REST_LEAST;
}
