import { VestibuleError } from '../domain/errors.js';
import type { Credentials } from './credentials.js';
import type { Invitations } from './invitations.js';
import type { People } from './people.js';
import type { Templates } from './templates.js';

/** Every room that keeps something of a person. */
export interface ErasureRooms {
  readonly people: People;
  readonly templates: Templates;
  readonly credentials: Pick<Credentials, 'remove'>;
  readonly invitations: Pick<Invitations, 'revokeFor'>;
  /** Counted wrong answers. */
  readonly regulation?: { forget(subject: string): Promise<void> };
  /** When one-time codes were sent. */
  readonly codeBudget?: { forget(personId: string): Promise<void> };
  /** Newest code of the authenticator that was taken. */
  readonly takenSteps?: { forget(personId: string): Promise<void> };
  /** Requests to correct punches. */
  readonly corrections?: { removeOf(personId: string): Promise<void> };
}

/**
 * Erases a person: the templates first (crypto-shredding), then credentials, invitations, counted failures and
 * requests, at last
 * the entry with name, number and consent. A power cut in between leaves a person with less, never a template or a
 * telephone number without a person: repeat the removal. Attendance rows keep the opaque id.
 * @throws VestibuleError `person_unknown`, `storage_*`
 */
export async function removePerson(personId: string, rooms: ErasureRooms): Promise<void> {
  if (rooms.people.find(personId) === undefined)
    throw new VestibuleError('person_unknown', `There is no person with the id ${personId}.`);
  await rooms.templates.remove(personId);
  await rooms.credentials.remove(personId);
  await rooms.invitations.revokeFor(personId);
  await rooms.regulation?.forget(personId);
  await rooms.codeBudget?.forget(personId);
  await rooms.takenSteps?.forget(personId);
  await rooms.corrections?.removeOf(personId);
  await rooms.people.remove(personId);
  // A face that was being set up at this very moment.
  if (rooms.templates.of(personId).length > 0) await rooms.templates.remove(personId);
}
