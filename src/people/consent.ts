import { z } from 'zod';
import { VestibuleError } from '../domain/errors.js';
import type { Consent, Person } from '../domain/person.js';

/** Version of the text that the page shows now; the page's own constant is held equal by a test. */
export const PAGE_CONSENT_TEXT_VERSION = '2026-11-21';

/** A consent as it is stored. */
export const consentSchema = z.strictObject({
  textVersion: z.string().min(1).max(60),
  language: z.string().min(2).max(35),
  at: z.iso.datetime(),
  recordedBy: z.enum(['person', 'administrator', 'demo']),
});

/** @throws VestibuleError `input_invalid` when a page shows another text than the one in force */
export function checkPageText(textVersion: string): void {
  if (textVersion !== PAGE_CONSENT_TEXT_VERSION)
    throw new VestibuleError(
      'input_invalid',
      `The page shows another text of consent than the one in force, of ${PAGE_CONSENT_TEXT_VERSION}. Reload the page and begin again.`,
    );
}

/** A consent as it is given; the time is added where it is absent. */
export type GivenConsent = Omit<Consent, 'at'> & { readonly at?: string };

/**
 * The consent to store.
 * @param now Unix ms
 * @throws VestibuleError `input_invalid` when it does not say who, which text and which language
 */
export function completeConsent(given: GivenConsent | undefined, now: number): Consent {
  const parsed = consentSchema.safeParse({ at: new Date(now).toISOString(), ...given });
  if (!parsed.success)
    throw new VestibuleError(
      'input_invalid',
      'Nobody is enrolled without consent: give the version and language of the text that was agreed to, and who recorded it.',
    );
  return parsed.data;
}

/**
 * Whether the person may be recognised by the face. Who gave no consent uses the other factors.
 * @param requiredTextVersion version of the text in force; absent: any recorded consent counts
 */
export function hasConsent(person: Person, requiredTextVersion?: string): boolean {
  if (person.consent === undefined || person.consent.textVersion === '') return false;
  return requiredTextVersion === undefined || person.consent.textVersion === requiredTextVersion;
}
