import { demoEnrolments } from './adapters/demo-enrolment.js';
import type { Log } from './log/logger.js';
import type { Enrolments } from './people/enrolment.js';
import type { People } from './people/people.js';

/** Version named in the consent record of the demo's invented people. */
const DEMO_CONSENT = 'demo';

/**
 * Enrols the demo's people through the ordinary way of enrolment when nobody is enrolled yet. The vision process must
 * be running. A picture that is refused is left out; somebody without an accepted picture is not enrolled.
 */
export async function enrolDemoPeople(parts: { enrolments: Enrolments; people: People; log: Log }): Promise<number> {
  const { enrolments, people, log } = parts;
  if (people.list().length > 0) return 0;
  let enrolled = 0;
  for (const somebody of demoEnrolments()) {
    const { id } = enrolments.begin({
      name: somebody.name,
      consent: { textVersion: DEMO_CONSENT, language: 'en', recordedBy: 'demo' },
    });
    let accepted = 0;
    for (const photo of await somebody.photos()) {
      const verdict = await enrolments.addPhoto(id, photo);
      if (verdict.accepted) accepted++;
      else log.debug('A demo picture was not accepted', { reason: verdict.reason });
    }
    if (accepted === 0) {
      enrolments.cancel(id);
      continue;
    }
    await enrolments.commit(id, { duplicates: 'warn', minPhotos: 1 });
    enrolled++;
  }
  return enrolled;
}
