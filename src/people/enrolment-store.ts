import { VestibuleError } from '../domain/errors.js';
import type { Consent, Person } from '../domain/person.js';
import type { Template } from '../domain/template.js';
import type { NewPerson, People } from './people.js';
import type { Templates } from './templates.js';

interface Rooms {
  readonly people: People;
  readonly templates: Templates;
}

/**
 * Stores a new person with the face, or neither: what the disk or a power cut leaves half done is tidied up by
 * half-enrolled.ts at the next start.
 * @param templateOf the template for the id of the new person
 * @throws VestibuleError `person_exists`, `pack_mismatch`, `storage_*`
 */
export async function storeNewPerson(
  { people, templates }: Rooms,
  given: NewPerson,
  templateOf: (personId: string) => Template,
): Promise<Person> {
  // The template first: alone it recognises nobody and blocks no number, whatever stops the enrolment here.
  const personId = people.newId();
  await templates.put(templateOf(personId), { unconfirmed: true });
  let person: Person;
  try {
    person = await people.add(given, personId);
  } catch (thrown) {
    // On a full disk this fails too; then half-enrolled.ts does it at the next start.
    await templates.remove(personId).catch(() => undefined);
    throw thrown;
  }
  // The person is enrolled; a mark that stays is taken away at the next start.
  await templates.confirm(personId).catch(() => undefined);
  return person;
}

/**
 * Stores the face or the pose signature of somebody who is there already, in place of a former one. The consent comes first: there is never a
 * template without one. A cut in between leaves the consent and the former template, if any; enrol again.
 * @throws VestibuleError `person_unknown` (removed meanwhile), `pack_mismatch`, `storage_*`
 */
export async function storeTemplateOf(
  { people, templates }: Rooms,
  consent: Consent,
  template: Template,
): Promise<Person> {
  const { personId } = template;
  const person = await people.update(personId, { consent });
  // Marked: a removal at this very moment must not leave a template behind.
  await templates.put(template, { unconfirmed: true });
  if (people.find(personId) === undefined) {
    await templates.remove(personId);
    throw new VestibuleError('person_unknown', 'The person was removed during the enrolment.');
  }
  await templates.confirm(personId).catch(() => undefined);
  return person;
}

/**
 * Withdraws the consent to be recognised by the face: everything computed from the body is shredded, then the consent is
 * taken away. The person keeps his other factors. Repeating it is no fault.
 * @throws VestibuleError `person_unknown`, `storage_*`
 */
export async function withdrawFace(personId: string, { people, templates }: Rooms): Promise<void> {
  if (people.find(personId) === undefined)
    throw new VestibuleError('person_unknown', `There is no person with the id ${personId}.`);
  await templates.remove(personId);
  await people.update(personId, { consent: null });
}
