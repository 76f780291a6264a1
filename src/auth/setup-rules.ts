import type { Config } from '../config/schema.js';
import type { Purpose } from '../domain/decision.js';
import type { Person } from '../domain/person.js';
import { alternativesFor, type LocalTime, type Policy } from '../domain/policy.js';
import type { PersonCredentials } from '../people/credentials.js';
import type { SetupRules } from './setup-state.js';

/**
 * What registrations need under a policy. Everybody has to be able to open his own page, staff the administration too.
 * @param parts hasCodes: some way to get a code works for this person; local: the time now
 */
export function setupRules(parts: {
  readonly policy: Policy;
  readonly face: Config['registration']['face'];
  readonly poseSignature: Config['liveness']['poseSignature'];
  readonly hasCodes: (personId: string) => boolean;
  readonly local: () => LocalTime;
}): (person: Person, credentials: PersonCredentials | undefined) => SetupRules {
  return (person, credentials) => {
    const role = credentials?.role ?? 'person';
    const { externalId } = person;
    const subject = { personId: person.id, role, ...(externalId !== undefined && { externalId }) };
    const purposes: Purpose[] = role === 'person' ? ['login'] : ['login', 'admin'];
    return {
      face: parts.face,
      poseNeedsSetup: parts.poseSignature === 'required',
      hasCodes: parts.hasCodes(person.id),
      purposes: purposes.map((purpose) => {
        const now = alternativesFor(parts.policy, purpose, subject, parts.local());
        // Closed at this hour: what is asked for at other hours has to be set up all the same.
        return now.length > 0 ? now : parts.policy.base[purpose];
      }),
    };
  };
}
