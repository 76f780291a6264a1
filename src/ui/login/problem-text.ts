import type { WireError } from '../../http/contract.js';
import { kioskSentence } from '../strings/kiosk-sentence.js';
import type { Strings } from '../strings/table.js';

/** What a refusal of the daemon means for the person, in the language of the page. */
export function problemText(error: WireError, s: Strings): string {
  const rules: Readonly<Record<string, string>> = s.account.secretFaults;
  const broken = error.reasons?.map((code) => rules[code]) ?? [];
  if (broken.length > 0 && !broken.includes(undefined)) return broken.join(' ');
  const known: string | undefined = (s.login.faults as Readonly<Record<string, string>>)[error.error];
  // The daemon's own sentence says more than ours, but speaks English only.
  if (s.locale.startsWith('en') && error.message !== '' && error.error !== 'attempt_over') return kioskSentence(error);
  return known ?? s.login.faults.other;
}
