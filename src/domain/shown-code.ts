/** Longest text of a code that is taken, characters. */
const CODE_TEXT_MAX = 128;
/** A code that is held up counts again only after it was out of sight for this long. */
const CODE_AWAY_MS = 2000;
/** Two readings of a linear code must agree within this time. */
const CONFIRM_MS = 1000;

/** The text as it may leave the vision process: 1 to 128 printable ASCII characters; undefined for anything else. */
export function cleanCodeText(raw: unknown): string | undefined {
  if (typeof raw !== 'string' || raw.length > 4 * CODE_TEXT_MAX) return undefined;
  const text = raw.trim();
  return text.length <= CODE_TEXT_MAX && /^[\x20-\x7e]+$/.test(text) ? text : undefined;
}

/** What was read lately. */
export interface CodeSight {
  /** Codes that were told and when each was seen last, monotonic ms. */
  readonly told: ReadonlyMap<string, number>;
  /** A linear code that was read once. */
  readonly maybe?: { readonly text: string; readonly at: number };
}

export const NO_CODE: CodeSight = { told: new Map() };

/**
 * The next sight, and the text to tell, if any: each code once as long as it is held up, a linear code only after two
 * equal readings (stripes of a shirt read as a number now and then).
 * @param at monotonic ms
 */
export function seeCode(
  sight: CodeSight,
  read: { readonly text: string; readonly linear: boolean },
  at: number,
): { readonly sight: CodeSight; readonly tell?: string } {
  const told = new Map([...sight.told].filter(([, seenAt]) => at - seenAt < CODE_AWAY_MS));
  const text = cleanCodeText(read.text);
  if (text === undefined) return { sight: { told } };
  if (told.has(text)) return { sight: { told: told.set(text, at) } };
  const { maybe } = sight;
  const confirmed = !read.linear || (maybe?.text === text && at - maybe.at <= CONFIRM_MS);
  if (!confirmed) return { sight: { told, maybe: { text, at } } };
  return { sight: { told: told.set(text, at) }, tell: text };
}
