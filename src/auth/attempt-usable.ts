import type { Attempt, Place } from '../domain/attempt.js';
import { isLive } from '../domain/attempt-live.js';
import { isProven, personOf } from '../domain/attempt-steps.js';
import type { Purpose } from '../domain/decision.js';
import type { FactorKind } from '../domain/factor.js';
import type { AttemptsParts } from './attempt-parts.js';

type UsableParts = Pick<AttemptsParts<unknown>, 'faces' | 'liveness' | 'codes'>;

/** Whether a factor can work in an attempt that begins at this place, whoever is meant. */
export function worksAt(
  { faces, liveness }: Pick<UsableParts, 'faces' | 'liveness'>,
  place: Place,
  purpose: Purpose,
  kind: FactorKind,
): boolean {
  if (kind === 'face') return place === 'kiosk' && faces.ready();
  if (!isLive(kind)) return true;
  return place === 'kiosk' && liveness.whyNot(kind, liveness.levelOf(kind, purpose)) === undefined;
}

/**
 * Whether a factor can work for this attempt now, as far as that may be seen: before a factor passed the answer is the
 * same for every name.
 * @param mayLook the camera is free for this attempt
 */
export function isUsable(parts: UsableParts, attempt: Attempt, kind: FactorKind, mayLook: boolean): boolean {
  const { faces, liveness, codes } = parts;
  const personId = personOf(attempt);
  const proven = isProven(attempt);
  if (kind === 'otp') return attempt.identity.kind === 'none' || codes.choices(personId, proven).length > 0;
  if (kind !== 'face' && !isLive(kind)) return true;
  if (!mayLook || !worksAt(parts, attempt.place, attempt.purpose, kind)) return false;
  if (!proven || personId === undefined) return true;
  return kind === 'face' ? faces.available(personId) : liveness.enrolled(kind, personId);
}
