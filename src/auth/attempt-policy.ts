import type { Purpose } from '../domain/decision.js';
import { localTimeOf } from '../domain/local-time.js';
import { type Alternative, alternativesFor, alternativesForAnybody } from '../domain/policy.js';
import type { AttemptsParts } from './attempt-parts.js';

type PolicyParts = Pick<AttemptsParts<unknown>, 'policy' | 'people' | 'credentials' | 'clock' | 'zone'>;

/** What the policy asks of this person now. Empty: closed. */
export function alternativesOf(parts: PolicyParts, purpose: Purpose, personId: string): readonly Alternative[] {
  const { policy, people, credentials, clock, zone } = parts;
  const externalId = people.find(personId)?.externalId;
  const role = credentials.of(personId)?.role ?? 'person';
  const subject = { personId, role, ...(externalId !== undefined && { externalId }) };
  return alternativesFor(policy, purpose, subject, localTimeOf(clock.now(), zone));
}

/** What is offered now to somebody who has not proved who he is. */
export function offeredNow({ policy, clock, zone }: PolicyParts, purpose: Purpose): readonly Alternative[] {
  return alternativesForAnybody(policy, purpose, localTimeOf(clock.now(), zone));
}
