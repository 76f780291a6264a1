import type { Language, WireError } from '../../http/contract.js';
import { kioskSentence } from './kiosk-sentence.js';
import { staffDe } from './staff-de.js';
import { staffEn } from './staff-en.js';
import { staffFr } from './staff-fr.js';
import type { Words } from './words.js';

/** Every word of the administration in one language. */
export type StaffWords = Words<typeof staffEn>;

export const STAFF_TABLES: Readonly<Record<Language, StaffWords>> = { en: staffEn, de: staffDe, fr: staffFr };

/** What a refusal means, in the language of the page; in English the daemon's own sentences say more. */
export function staffProblem(error: WireError, w: StaffWords, language: Language): string {
  const known: string | undefined = (w.faults as Readonly<Record<string, string>>)[error.error];
  if (language === 'en' && error.message !== '') return kioskSentence(error);
  return known ?? w.faults.other;
}
