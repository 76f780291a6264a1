import type { Attempt, AttemptMessageCode } from './attempt.js';
import type { FactorKind, FactorResult } from './factor.js';

/** Older results of an attempt are dropped from its record; regulation ends guessing long before. */
const MOST_RESULTS = 64;

/** Notes a result for the decision. */
export function addResult(attempt: Attempt, result: FactorResult | undefined): Attempt {
  if (result === undefined) return attempt;
  return { ...attempt, history: [...attempt.history, result].slice(-MOST_RESULTS) };
}

export function withBadge(given: Attempt['given'], badge: FactorResult | undefined): Attempt['given'] {
  return badge === undefined ? given : new Map([...given, ['badge', badge]]);
}

/** The badge that said who somebody is: it is not asked for twice, and counts only as an answer of its group. */
export function isNamingBadge({ identity }: Attempt, kind: FactorKind): boolean {
  return kind === 'badge' && identity.kind !== 'none' && identity.by === 'badge';
}

export function isFace(kind: FactorKind): boolean {
  return kind === 'face';
}

/** What the camera measured: it stays as it is when another way is chosen. */
export function isMeasured(kind: FactorKind): boolean {
  return kind === 'face' || kind === 'liveness' || kind === 'pose';
}

/** A face that could not be judged is no wrong answer, but none either. */
export function messageOf({ kind, reason }: FactorResult): AttemptMessageCode {
  const unseen =
    reason === 'no_face' || reason === 'multiple_faces' || reason === 'low_quality' || reason === 'timeout';
  return kind === 'face' && unseen ? 'face_not_seen' : 'not_right';
}
