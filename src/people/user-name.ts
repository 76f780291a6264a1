/** Characters of a user name (code points). */
const USER_NAME_MIN = 2;
const USER_NAME_MAX = 64;

export type UserNameCheck =
  | { readonly ok: true; readonly userName: string; readonly key: string }
  | { readonly ok: false; readonly detail: string };

/** Alphabets whose letters are drawn alike: `аdmin` with a Cyrillic letter would pass for `admin`. */
const ALIKE = [/\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u];

/**
 * The user name as it is shown and the key under which it is unique, or why it cannot be used. Both are in Unicode form
 * NFKC, so full-width and composed letters count as the plain ones; the key has no upper case.
 */
export function checkUserName(raw: string): UserNameCheck {
  const userName = raw.normalize('NFKC').trim();
  const length = [...userName].length;
  if (length < USER_NAME_MIN || length > USER_NAME_MAX)
    return { ok: false, detail: `A user name has ${USER_NAME_MIN} to ${USER_NAME_MAX} characters.` };
  if (!/^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}._@+'-]| (?! ))*$/u.test(userName))
    return {
      ok: false,
      detail:
        "A user name begins with a letter or digit and holds letters, digits, single spaces and . _ @ + ' - only. Leave out the others.",
    };
  if (ALIKE.filter((script) => script.test(userName)).length > 1)
    return { ok: false, detail: 'A user name may not mix letters of several alphabets. Use one alphabet.' };
  return { ok: true, userName, key: userNameKey(userName) };
}

/** The same text for every spelling of one user name; defined for any input, so that unknown names have one too. */
export function userNameKey(raw: string): string {
  // Upper case first: ß and SS, final and inner sigma fold to the same letters.
  return raw.normalize('NFKC').trim().toUpperCase().toLowerCase().normalize('NFKC');
}
