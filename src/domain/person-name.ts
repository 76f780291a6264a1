/** Longest name, in characters (code points). */
const NAME_MAX = 80;

export type NameCheck = { readonly ok: true; readonly name: string } | { readonly ok: false; readonly detail: string };

/** Characters that reorder or hide text: somebody could make one name look like another. */
const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;
/** Control characters, line and paragraph separators, unpaired surrogates, unassigned and private characters. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Cn}\p{Co}]/u;

/** The name trimmed and in Unicode form NFC, or why it cannot be used. */
export function checkName(raw: string): NameCheck {
  const name = raw.normalize('NFC').trim();
  if (UNPRINTABLE.test(name)) return { ok: false, detail: 'The name contains a character that cannot be printed.' };
  if (BIDI.test(name))
    return { ok: false, detail: 'The name contains a character that changes the reading direction.' };
  if (!/[\p{L}\p{N}]/u.test(name)) return { ok: false, detail: 'Give a name with at least one letter or digit.' };
  if ([...name].length > NAME_MAX) return { ok: false, detail: `The name is longer than ${NAME_MAX} characters.` };
  return { ok: true, name };
}

const FOLDED: Readonly<Record<string, string>> = {
  ß: 'ss',
  ẞ: 'SS',
  æ: 'ae',
  Æ: 'AE',
  œ: 'oe',
  Œ: 'OE',
  ø: 'o',
  Ø: 'O',
  đ: 'd',
  Đ: 'D',
  ð: 'd',
  Ð: 'D',
  ł: 'l',
  Ł: 'L',
  þ: 'th',
  Þ: 'Th',
  ı: 'i',
};

/** The name in plain ASCII for fonts that have nothing else; what has no Latin base letter becomes `?`. */
export function asciiName(name: string): string {
  const plain = name.normalize('NFD').replace(/\p{M}/gu, '');
  return [...plain].map((c) => FOLDED[c] ?? (c >= ' ' && c <= '~' ? c : '?')).join('');
}
