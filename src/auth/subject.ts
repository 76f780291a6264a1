import { createHmac } from 'node:crypto';
import { userNameKey } from '../people/user-name.js';

/**
 * Under which name wrong answers for a name or badge that nobody has are counted: `n_` + 24 hex digits of an HMAC, so
 * the store of counts holds no text that somebody typed, perhaps a password. Every spelling of a name is one subject.
 * @param key secret of this kiosk that outlives a restart, as the counts do
 */
export function unknownSubject(key: Uint8Array, by: 'name' | 'badge', text: string): string {
  const hmac = createHmac('sha256', key).update(`${by}\0${userNameKey(text)}`, 'utf8');
  return `n_${hmac.digest('hex').slice(0, 24)}`;
}
