import type { Attempt, Standing } from '../domain/attempt.js';
import { currentGroup, subjectOf } from '../domain/attempt-steps.js';
import type { FactorKind } from '../domain/factor.js';
import type { AttemptsParts } from './attempt-parts.js';

type StandingParts = Pick<AttemptsParts<unknown>, 'regulation' | 'clock'>;

/** What the regulation says of one factor of an attempt. */
export function standingOf({ regulation, clock }: StandingParts, attempt: Attempt, kind: FactorKind): Standing {
  const subject = subjectOf(attempt);
  if (subject === undefined) return { kind: 'open' };
  const judgement = regulation.judge(subject, kind);
  if (judgement.kind !== 'wait') return judgement;
  return { kind: 'wait', until: clock.mono() + judgement.ms };
}

/** Some factor that is answered together now has to wait or is locked. */
export function isBarred(parts: StandingParts, attempt: Attempt): boolean {
  const open = currentGroup(attempt).filter((kind) => !attempt.results.has(kind));
  return open.some((kind) => standingOf(parts, attempt, kind).kind !== 'open');
}
