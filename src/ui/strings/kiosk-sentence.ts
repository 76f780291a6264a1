import type { WireError } from '../../http/contract.js';

/** Mends that only point to the message, which says already what to do. */
const POINTS_BACK = /as the message says\.$/;

/** What the kiosk itself says about a refusal, in English: what is wrong and what to do. */
export function kioskSentence({ message, mend }: Pick<WireError, 'message' | 'mend'>): string {
  if (message === '' || mend.startsWith(message)) return mend;
  return POINTS_BACK.test(mend) ? message : `${message} ${mend}`.trim();
}
