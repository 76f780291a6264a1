import type { Credentials } from './credentials.js';
import type { Invitations } from './invitations.js';
import type { People } from './people.js';

/** Whether somebody active can sign in as an administrator. */
export function hasAdministrator(people: People, credentials: Credentials): boolean {
  return credentials
    .all()
    .some(
      (one) => one.role === 'admin' && one.passwordHash !== undefined && people.find(one.personId)?.active === true,
    );
}

/**
 * A code with which the first administrator registers, as long as there is none; to be called at every start of the
 * daemon. The code of a former start is void then: only its hash was stored, so it cannot be shown again.
 * @throws VestibuleError `storage_*`
 */
export async function firstAdminCode(
  rooms: { readonly people: People; readonly credentials: Credentials; readonly invitations: Invitations },
  hours: number,
): Promise<{ readonly code: string; readonly expiresAt: string } | undefined> {
  if (hasAdministrator(rooms.people, rooms.credentials)) return undefined;
  return rooms.invitations.issue({ kind: 'register', role: 'admin', hours });
}
