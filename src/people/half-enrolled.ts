import type { People } from './people.js';
import type { Templates } from './templates.js';

/**
 * Tidies up after enrolments that the disk or a power cut stopped: to be called at the start. An enrolment writes the
 * template, marked as unconfirmed, then the person's entry, then takes the mark away. A marked template without an
 * entry was never enrolled and is shredded; one with an entry is enrolled and loses its mark. A template without a mark
 * is never touched, so a lost or restored people.json costs nobody his template.
 * @returns ids of persons whose template was shredded
 * @throws VestibuleError `storage_*`; the rest waits for the next start
 */
export async function removeHalfEnrolled(rooms: {
  readonly people: People;
  readonly templates: Templates;
}): Promise<readonly string[]> {
  const removed: string[] = [];
  for (const personId of rooms.templates.unconfirmed()) {
    if (rooms.people.find(personId) !== undefined) await rooms.templates.confirm(personId);
    else {
      await rooms.templates.remove(personId);
      removed.push(personId);
    }
  }
  return removed;
}
