import type { WireError } from '../../http/contract.js';
import type { Strings } from '../strings/table.js';

/** What a refusal of the daemon means for the person, in the language of the page. */
export function problemText(error: WireError, s: Strings): string {
  const known: string | undefined = (s.login.faults as Readonly<Record<string, string>>)[error.error];
  // The daemon's own sentence says more than ours (which rule a password breaks), but speaks English only.
  if (s.locale.startsWith('en') && error.message !== '' && error.error !== 'attempt_over')
    return error.mend.startsWith(error.message) ? error.mend : `${error.message} ${error.mend}`.trim();
  return known ?? s.login.faults.other;
}
