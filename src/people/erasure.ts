import { VestibuleError } from '../domain/errors.js';
import type { People } from './people.js';
import type { Templates } from './templates.js';

/**
 * Erases a person: the templates first (crypto-shredding), then the entry with name, number and consent. A power
 * cut in between leaves a person without templates, never a template without a person. Attendance rows keep the
 * opaque id.
 * @throws VestibuleError `person_unknown`, `storage_*`
 */
export async function removePerson(
  personId: string,
  rooms: { readonly people: People; readonly templates: Templates },
): Promise<void> {
  if (rooms.people.find(personId) === undefined)
    throw new VestibuleError('person_unknown', `There is no person with the id ${personId}.`);
  await rooms.templates.remove(personId);
  await rooms.people.remove(personId);
}
