import type { Clock } from '../ports/clock.js';
import type { CredentialChange, Credentials } from './credentials.js';
import type { ImportedPerson } from './import-plan.js';
import type { People } from './people.js';

/**
 * Adds everybody of a plan, or nobody: two writes, and when the second one fails the first one is taken back. Passwords
 * verify by their former method and are hashed anew at the first sign-in; the registration of whoever brings one is open
 * until its required parts are set up.
 * @param confirmed the former system had confirmed numbers and addresses, so codes may go to them
 * @returns ids in the order of the plan
 * @throws VestibuleError `user_name_taken`, `person_exists`, `storage_*`
 */
export async function importPeople(
  plan: readonly ImportedPerson[],
  rooms: { readonly people: People; readonly credentials: Credentials; readonly clock: Pick<Clock, 'now'> },
  confirmed: boolean,
): Promise<readonly string[]> {
  const { people, credentials, clock } = rooms;
  const contact = confirmed ? { confirmedAt: new Date(clock.now()).toISOString() } : {};
  const ids = new Set<string>();
  while (ids.size < plan.length) ids.add(people.newId());
  const entries = plan.map((row, index) => ({ row, id: [...ids][index]! }));
  const added = await people.addAll(
    entries.map(({ row: { name, externalId }, id }) => ({ given: { name, externalId }, id })),
  );
  const changes = new Map<string, CredentialChange>();
  for (const { row, id } of entries) {
    const { userName, role, email, phone, passwordHash } = row;
    if ([userName, email, phone, passwordHash].every((one) => one === undefined) && role === 'person') continue;
    changes.set(id, (own) => ({
      ...own,
      role,
      ...(userName !== undefined && { userName }),
      ...(email !== undefined && { email: { address: email, ...contact } }),
      ...(phone !== undefined && { phone: { number: phone, ...contact } }),
      ...(passwordHash !== undefined && { passwordHash, registration: 'open' as const }),
    }));
  }
  try {
    await credentials.changeAll(changes);
  } catch (thrown) {
    for (const { id } of added) await people.remove(id).catch(() => undefined);
    throw thrown;
  }
  return added.map(({ id }) => id);
}
