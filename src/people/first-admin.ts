import type { Credentials } from './credentials.js';
import type { Invitations } from './invitations.js';
import type { People } from './people.js';

/** Whether somebody active has credentials to sign in as an administrator. */
export function hasAdministrator(people: Pick<People, 'find'>, credentials: Pick<Credentials, 'all'>): boolean {
  return credentials
    .all()
    .some(
      ({ role, passwordHash, personId }) =>
        role === 'admin' && passwordHash !== undefined && people.find(personId)?.active === true,
    );
}

/**
 * The set-up code: an invitation with which the first administrator registers. The code of a former start is void then:
 * only its hash was stored, so it cannot be shown again.
 * @throws VestibuleError `storage_*`
 */
export function setUpCode(
  invitations: Pick<Invitations, 'issue'>,
  hours: number,
): Promise<{ readonly code: string; readonly expiresAt: string }> {
  return invitations.issue({ kind: 'register', role: 'admin', hours });
}
