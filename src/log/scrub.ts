const LONGEST_TEXT = 500;

/**
 * Patterns of secrets and personal data that a text may carry by accident. The allow-list of context keys is the first
 * barrier; this one catches what a message or an address brings along.
 */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]+-----[\s\S]*?(?:-----END [A-Z ]+-----|$)/g, '[key]'],
  [/\beyJ[\w-]{4,}\.[\w-]{4,}\.[\w-]*/g, '[token]'],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]+/gi, '$1 [removed]'],
  [/\b(?:AC|VA|SK|MG)[0-9a-f]{32}\b/g, '[account]'],
  [/([a-z][a-z0-9+.-]*:\/\/)[^/\s@]*@/gi, '$1'],
  [/([?&](?:password|token|code|secret|key)=)[^&\s]*/gi, '$1[removed]'],
  [/\b(password|passwd|token|secret|otp|code|pin)(\s*[=:]\s*)("[^"]*"|'[^']*'|\S+)/gi, '$1$2[removed]'],
  [/(?<![\w.])\+\d[\d ()-]{6,}\d/g, '[number]'],
  [/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, '[address]'],
  [/(?:-?\d+(?:\.\d+)?(?:e-?\d+)?\s*,\s*){7,}-?\d+(?:\.\d+)?(?:e-?\d+)?/gi, '[numbers]'],
];

/** Control characters, line ends of every kind and marks that turn the direction of text around, as code ranges. */
const UNPRINTABLE: readonly (readonly [number, number])[] = [
  [0x00, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x061c, 0x061c],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x2069],
  [0xfeff, 0xfeff],
  [0xfff9, 0xfffb],
];

/**
 * A text that may stand in a log line: secrets replaced, nothing in it can begin a new line or steer a terminal
 *, at most 500 characters.
 */
export function scrub(text: string): string {
  let out = text.length > LONGEST_TEXT * 4 ? text.slice(0, LONGEST_TEXT * 4) : text;
  for (const [pattern, replacement] of PATTERNS) out = out.replace(pattern, replacement);
  out = Array.from(out, visible).join('');
  return out.length > LONGEST_TEXT ? `${out.slice(0, LONGEST_TEXT)}…` : out;
}

function visible(character: string): string {
  const code = character.charCodeAt(0);
  const steers = character.length === 1 && UNPRINTABLE.some(([from, to]) => code >= from && code <= to);
  return steers ? `\\u${code.toString(16).padStart(4, '0')}` : character;
}
