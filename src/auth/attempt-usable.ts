import type { Attempt } from '../domain/attempt.js';
import { isProven, personOf } from '../domain/attempt-steps.js';
import type { FactorKind } from '../domain/factor.js';
import type { AttemptsParts } from './attempt-parts.js';

/**
 * Whether a factor can work for this attempt now, as far as that may be seen: before a factor passed the answer is the
 * same for every name.
 * @param mayLook the camera is free for this attempt
 */
export function isUsable(
  { faces, codes }: Pick<AttemptsParts<unknown>, 'faces' | 'codes'>,
  attempt: Attempt,
  kind: FactorKind,
  mayLook: boolean,
): boolean {
  const personId = personOf(attempt);
  const proven = isProven(attempt);
  if (kind === 'otp') return attempt.identity.kind === 'none' || codes.choices(personId, proven).length > 0;
  if (kind !== 'face') return true;
  if (attempt.place === 'remote' || !mayLook) return false;
  return proven ? faces.available(personId) : faces.ready();
}
