import type { Language } from '../../http/contract.js';
import { de } from './de.js';
import { en } from './en.js';
import { fr } from './fr.js';
import type { Strings } from './table.js';

export const TABLES: Readonly<Record<Language, Strings>> = { en, de, fr };
export const LANGUAGES: readonly Language[] = ['en', 'de', 'fr'];

/** Version of the consent text of all languages; raised with every change of its meaning. */
export const CONSENT_TEXT_VERSION = '2026-11-21';

/** The text with its `{name}` parts filled in. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, key: string) => String(values[key] ?? whole));
}

/** HH:MM as the record says it (its own offset), not as this browser's zone would. */
export function clockTime(at: string): string {
  return /T(\d{2}:\d{2})/.exec(at)?.[1] ?? at;
}

/** Hours and minutes, rounded down. */
export function duration(ms: number, s: Strings): string {
  const minutes = Math.floor(ms / 60_000);
  const h = Math.floor(minutes / 60);
  return h === 0 ? fill(s.done.minutes, { m: minutes }) : fill(s.done.hours, { h, m: minutes % 60 });
}
