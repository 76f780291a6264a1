import { VestibuleError } from '../domain/errors.js';
import type { CredentialRecord, PersonCredentials } from './credential-record.js';
import { checkUserName, userNameKey } from './user-name.js';

/** Who has which user name and which badge, so that nobody gets one that is taken. */
export class Owners {
  readonly #names = new Map<string, string>();
  readonly #badges = new Map<string, string>();

  constructor(records: readonly CredentialRecord[]) {
    for (const { personId, userName, badges } of records) {
      if (userName !== undefined) this.#names.set(userNameKey(userName), personId);
      for (const { mac } of badges) this.#badges.set(mac, personId);
    }
  }

  /**
   * Notes what these credentials claim.
   * @returns the credentials with the user name in its clean form
   * @throws VestibuleError `input_invalid` (user name, badge of somebody or twice), `user_name_taken`
   */
  claim(next: PersonCredentials, personId: string): PersonCredentials {
    if (next.personId !== personId) throw new Error('Credentials stay with their person');
    const macs = new Set(next.badges.map(({ mac }) => mac));
    const isOthers = (mac: string): boolean => (this.#badges.get(mac) ?? personId) !== personId;
    if (macs.size < next.badges.length || [...macs].some(isOthers))
      throw new VestibuleError('input_invalid', 'This badge is registered already. Remove it there first.');
    for (const mac of macs) this.#badges.set(mac, personId);
    if (next.userName === undefined) return next;
    const name = checkUserName(next.userName);
    if (!name.ok) throw new VestibuleError('input_invalid', name.detail);
    if ((this.#names.get(name.key) ?? personId) !== personId)
      throw new VestibuleError('user_name_taken', 'This user name is taken.');
    this.#names.set(name.key, personId);
    return name.userName === next.userName ? next : { ...next, userName: name.userName };
  }
}
